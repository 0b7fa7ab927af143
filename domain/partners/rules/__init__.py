"""Pure rules of the partners context."""
