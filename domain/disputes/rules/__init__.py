"""Pure rules of the disputes context."""
