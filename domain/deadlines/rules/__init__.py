"""Pure rules of the deadlines context."""
