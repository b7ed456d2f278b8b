"""Proof that guards are noticed when they are gone: each is broken alone, in a copy of the project.

recipes (`tests/guards/*.toml`) → a copy with one guard broken → the tests and attacks that must
then fail → a line for each and `docs/guards.md`. A guard counts only if something fails without it.
"""
