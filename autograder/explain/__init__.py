"""A student's answer to one question, explained to an instructor; no mark changes.

asked.py       whose answer to what
page.py        what the failing checks compared, side by side
notebook.py    a notebook with the hidden tests in place, to step through
prompt.py      a prompt in the sandbox in which the student's cells have run
"""

FOLDER = "explain"
"""Of all that is written, in the folder of the class."""
