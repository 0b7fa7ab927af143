"""Adapters: the only place that knows other people's services and their libraries."""
