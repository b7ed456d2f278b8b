"""Measures grading on Dask's workers, all of them on this machine; writes `docs/cluster.md`.

speed      the same class on one machine and on workers: efficiency
recorded   workers that return a recorded grade: what Dask adds, the client's memory
child      the client of such workers, a process of its own
kills      workers that are killed at random: is each gradebook that of one machine?
command    all of it
report     the page and the last line
"""
