"""Proof that the checks are good: planted mistakes lose, right answers of other kinds win.

recipes → planted notebooks → the engine → verdicts → a table and `docs/test-quality.md`.
"""
