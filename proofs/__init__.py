"""What proves the kit and grades nobody: `python -m proofs`. The engine imports nothing of it."""
