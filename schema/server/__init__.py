"""The GraphQL server: transports, documents, limits, masking, tracing and the realtime fan-out."""
