"""One sentence for a student who is not in a class."""

from difflib import get_close_matches

from autograder.plain_text import one_line
from autograder.store.store import Store
from autograder.store.writing import StoreError


def not_in_class(store: Store, student: str) -> StoreError:
    """Return the error for a `student` whom nobody has graded; it names those who may be meant."""
    known = store.students()
    close = get_close_matches(student, known, 3)
    told = "did you mean" if close else "in it are, among others,"
    listed = ", ".join(one_line(name, 40) for name in close or known[:5])
    return StoreError(
        f"{one_line(student)} is not in the class in {store.folder}; "
        f"{told} {listed or 'nobody'}{'?' if close else '.'}"
    )
