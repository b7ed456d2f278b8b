"""Proof that the engine lasts: a thousand mixed submissions in one run, and runs that are killed.

mix → a class folder and what each grade must show → load (one process grades it all) and kills
(runs are ended by SIGKILL and started again) → a page.
"""
