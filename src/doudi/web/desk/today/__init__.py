"""What waits today, most urgent first."""
