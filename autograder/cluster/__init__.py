"""Grades a class on a Dask cluster: `make grade CLUSTER=…`. No queue and no scheduler of our own.

    place     what CLUSTER names: a scheduler that runs, workers here, jobs of a batch system
    grader    this side: connects, sends one task a submission, takes in what comes back
    worker    that side: one engine a worker, opened once, whose isolation is measured there
    workers   what all of them say of themselves
    bundle    tests and data on their way to the workers, once
    message   a submission on its way there, a grade on its way back: JSON, as the store writes it

This side alone writes the store, so a grade that comes twice is kept once. A worker that is not as
it must be takes no work: it offers none of the resource that the tasks ask for.
"""
