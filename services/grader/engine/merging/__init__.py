"""Two patients who turn out to be one."""
