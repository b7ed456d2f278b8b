"""`python -m autograder`: makes the lesson's package importable, then runs the command."""

import sys

from autograder.paths import ASSIGNMENT

sys.path.insert(1, str(ASSIGNMENT))

from autograder.cli import main

main()
