"""Feedback: pure functions from what a check saw to a sentence that names the cause, or None.

A sentence says what was expected of which input in words; it never prints a hidden value.
"""
