"""What every context stands on: settings, rows, facts, locks, security, telemetry, and the ports of bus and queue."""
