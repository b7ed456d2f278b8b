"""A class of 500 is compared in a minute: one of 100, in a fifth of its processor time."""

import random
import time

from autograder.paths import PROJECT
from autograder.similarity.answers import answers_in
from autograder.similarity.pairs import similar_pairs

STUDENTS = 100
LINES = (
    "{0} = torch.zeros({1}, {2})",
    "for {0} in range({1}, {2}):",
    "    {0} = {0}.sum(dim={1}) + {2}",
    "if {0}.shape[{1}] > {2}:",
    "    return {0}.view({1}, -{2})",
    "assert {0} is not None, '{1}{2}'",
    "{0} = [{1} * step for step in {0}[:{2}]]",
)


def written(solution: dict[str, str], rng: random.Random) -> dict[str, str]:
    """The answers of one student: the solution's, with lines of their own in between."""
    return {
        question: "\n".join(
            text
            for line in source.splitlines()
            for text in (
                line,
                rng.choice(LINES).format(rng.choice("abcxyz"), rng.randrange(9), rng.randrange(9)),
            )
        )
        for question, source in solution.items()
    }


def test_a_class_of_100_is_compared_within_a_fifth_of_a_minute() -> None:
    solution = answers_in(PROJECT / "solutions" / "cnn.ipynb")
    starter = answers_in(PROJECT / "student_release" / "cnn.ipynb")
    assert solution and starter
    rng = random.Random(0)
    students = {f"student_{number:03d}": written(solution, rng) for number in range(STUDENTS)}
    students["student_007"] = students["student_060"]
    started = time.process_time()
    pairs = similar_pairs(students, starter)
    seconds = time.process_time() - started
    assert (pairs[0].first, pairs[0].second) == ("student_007", "student_060")
    assert seconds < 12
