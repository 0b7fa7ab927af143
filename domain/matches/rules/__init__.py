"""Pure rules of matches."""
