"""Feedback packed for the system that a class came from: each student's own page, nobody else's."""
