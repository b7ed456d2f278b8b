"""The autograder for Gradescope: the same engine and tests as `make grade`, in its container.

`package` makes the zip that is uploaded. In the container `setup.sh` installs once; for each
submission `run_autograder` starts `container`, which guards the process that grades (`grade_one`).
"""
