"""What evidence is drawn as, a module a kind; `labkit.evidence` is where checks record it."""
