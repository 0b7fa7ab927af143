"""What import-linter cannot see: one check per mistake that has a way of coming back."""
