"""From the master notebook to release, solutions, hidden tests and otter's zip; and the gate."""
