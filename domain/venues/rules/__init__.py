"""Pure rules of the venues context."""
