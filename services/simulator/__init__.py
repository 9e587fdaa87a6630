"""Seeded wards of simulated patients."""
