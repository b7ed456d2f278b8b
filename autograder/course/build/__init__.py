"""From the master notebook to hidden tests, the student's notebook and otter's zip."""
