"""Benchmarks: what the server costs and how fast it is, as JSON. Run by `make bench`, never by the tests."""
