"""What `domain.infra` promises."""
