"""Marks and feedback on their way back: gradebooks filled in, feedback packed, a term archived."""
