"""What people read of a grade: feedback, gradebook, results.json, terminal. Writes no file."""
