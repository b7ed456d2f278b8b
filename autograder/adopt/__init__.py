"""otter's own assignments, unchanged: its zip, its test files, and how they are judged here."""
