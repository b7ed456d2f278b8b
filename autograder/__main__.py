"""`python -m autograder`: runs the command."""

from autograder.cli.app import main

main()
