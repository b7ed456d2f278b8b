"""A class graded anew after a change of tests or settings: looked at first, then put in place.

grades/regrade/           the new grades and `changes.csv`, until they are put in place
grades/previous/<n>/      the grades before the n-th time, as they were
"""

ASIDE = "regrade"
PREVIOUS = "previous"
CHANGES = "changes.csv"
