"""The ward board."""
