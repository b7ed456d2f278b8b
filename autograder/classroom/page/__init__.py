"""The report on a whole class, and its statistics."""
