"""Proof that the checks are good: planted mistakes lose, right answers of other kinds win.

recipes → planted notebooks → the engine → verdicts → `docs/test-quality.md`.
"""
