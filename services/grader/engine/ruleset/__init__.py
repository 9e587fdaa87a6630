"""The rules as data: every number with its unit, its meaning, its source and the way in which it loosens."""
