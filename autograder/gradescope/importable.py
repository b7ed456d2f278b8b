"""Import what the assignment preloads: `python -m autograder.gradescope.importable`

An image in which that fails is not finished.
"""

from importlib import import_module

from autograder.course.assignment import Assignment, default_assignment


def import_preloaded(assignment: Assignment) -> None:
    """Import it, and what is preloaded later. Raises ImportError."""
    assignment.make_importable()
    for name in (*assignment.course.preload, *assignment.course.preload_later):
        import_module(name)


if __name__ == "__main__":
    import_preloaded(default_assignment())
