"""What was measured: readings, their series, what is odd about them, when a finding is established."""
