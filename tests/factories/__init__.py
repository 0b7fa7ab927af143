"""Rows for tests: one plain function per thing, no randomness."""
