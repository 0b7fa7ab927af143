"""Everything that can die is killed in the middle of a played event, and nothing is lost."""
