"""What students get, and the gate: nothing is released that leaks, or that its own checks fail."""
