"""Ward scores beside the grade; they never gate it."""
