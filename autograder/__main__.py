"""`python -m autograder`: runs the command."""

from autograder.cli import main

main()
