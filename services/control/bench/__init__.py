"""`crswatch bench`: what the grader does a second, how late it is, how soon it is back, what a patient costs."""
