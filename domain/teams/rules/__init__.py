"""Pure rules of the teams context."""
