"""The class as it is kept: students, attempts, grades, runs and decisions. Renders nothing."""
