"""What crosses between the trusted side and student code: frames, and the values in them.

Both ends import it, and it imports nothing of the engine. The requests are in `autograder/inside/`.
"""
