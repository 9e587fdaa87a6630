"""The published language: every event, every topic. Imports nothing of ours."""
