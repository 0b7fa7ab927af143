"""Pure rules of the games context."""
