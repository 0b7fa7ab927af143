"""Pure rules of the queues context."""
