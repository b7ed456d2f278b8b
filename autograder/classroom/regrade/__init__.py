"""A class graded anew after a change of tests or settings: looked at first, then put in place.

grades/regrade/           a store of the new grades and `changes.csv`, until they are put in place

The grades before stay in the store, as differences.
"""

ASIDE = "regrade"
CHANGES = "changes.csv"
