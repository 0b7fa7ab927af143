"""From a request to a domain call: viewer, transaction, loaders. No SQL, no strawberry."""
