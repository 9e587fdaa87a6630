"""Others than the shipped grader, each a process of its own that reads the same topic: `python -m ... TASK_FILE`."""
