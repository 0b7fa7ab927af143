"""What happens after the commit: the relay hands facts on, workers react to them."""
