"""Relay, queue and workers, with real servers and real processes."""
