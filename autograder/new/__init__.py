"""The smallest assignment that shows everything: what `python -m autograder new` writes."""
