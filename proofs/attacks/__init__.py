"""Proof that attacks do not pay: hostile notebooks are graded, and what must hold is looked at.

recipes → attacked notebooks → the engine at tiers 1 to 3 → verdicts → a table and
`docs/attacks.md`. `fuzz` feeds broken input to whatever reads what students control.
"""
