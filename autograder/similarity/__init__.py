"""Answer cells compared across a class: what to look at, never a verdict.

`answers` finds the answers, `tokens` reads one, `fingerprints` chooses what stands for it, `pairs`
compares the class. Nothing of a submission is run or parsed: it is split into tokens.
"""
