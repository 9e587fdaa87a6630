"""Slopes with their uncertainty; they never decide."""
