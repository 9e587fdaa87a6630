"""What is said: rises, alarms, conditions that stand, ids, evidence."""
