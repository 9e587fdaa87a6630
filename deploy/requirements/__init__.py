"""Hash-locked requirements and how they are locked."""
