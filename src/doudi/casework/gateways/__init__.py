"""What the published register knows about the people of a case."""
