"""What is remembered, and how late, repeated and retracted events change it."""
