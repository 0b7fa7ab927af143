"""What is true: rules and rows. Knows no transport, no queue and no tensor library."""
