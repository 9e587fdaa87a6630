"""Products, risk windows, what is due at the bedside, prompts."""
