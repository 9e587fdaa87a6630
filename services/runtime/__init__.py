"""What every process needs and nothing clinical."""
