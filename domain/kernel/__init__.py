"""Words every context shares. Standard library only."""
