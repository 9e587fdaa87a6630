"""Turns escalations into pages, and knows who answered."""
