"""What the checks of every assignment may use, in a notebook and while grading.

run.py          the run that a check belongs to: seed, where probes run, what is shown
probes.py       observe a call of a student's function beside the student's objects
cases.py        random inputs, the same for all students of a run
checks.py       compare a function with what it should give; say what is wrong
diagnosis.py    what is wrong, as data
evidence.py     what a report may show of it
tables.py       compare tables of pandas
for_torch.py    what PyTorch's tensors need more: imported only where PyTorch is
for_pandas.py   what pandas' tables need more: imported only where pandas is

It imports nothing of an assignment and nothing of the engine; every release carries it.
"""
