"""What a student's notebook may use: nothing of it is judged, and nothing of it stops a cell.

grader.py       otter's checks and export, which compare what was run with what is saved
doctor.py       what is wrong with this computer, and how to mend it
progress.py     a progress bar, and a learning curve that grows
signoff.py      who finished it, when, on what kind of system
earlier.py      what a cell needs from cells before it
canvas.py       a picture with its description; curve.py draws one
say.py          sentences that wrap; screen.py: who is looking

The others serve these: which cells were run, which file the notebook is, what it holds. An
assignment hands in what it needs besides, as `doctor(own=[…])` shows.
"""
