"""A failing answer that builds on an earlier wrong one says which to mend first."""

from pathlib import Path
from typing import Any

import pytest

from labkit.notebook.callees import unready

SOURCE = """
class Network:
    def scores(self):
        return [helper() for _ in range(2)]

def first():
    return 0

def helper():
    return first()

def second():
    return helper() + 1

def alone():
    return 1

model = Network()
"""


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    asked = {"q1": "first", "q2": "second", "q3": "alone", "q8": "Network", "q12": "model"}
    for question, name in asked.items():
        (tmp_path / f"{question}.py").write_text(f"def test_it({name}):\n    pass\n")
    return tmp_path


@pytest.mark.parametrize(
    ("question", "wrong", "users"),
    [
        ("q2", {"q1"}, ["second uses first"]),
        ("q2", set[str](), []),
        ("q3", {"q1", "q2"}, []),
        ("q8", {"q1"}, ["Network uses first"]),
        ("q12", {"q1", "q8"}, ["model uses first", "model uses Network"]),
        ("q1", {"q2"}, []),
    ],
)
def test_the_answers_that_are_built_on_are_named(
    tests: Path, question: str, wrong: set[str], users: list[str]
) -> None:
    now: dict[str, Any] = {}
    exec(SOURCE, now)
    told = unready(question, now, lambda other: other not in wrong, tests)
    assert [sentence.split(",")[0] for sentence in told] == users
    assert all("first." in sentence for sentence in told)


def test_what_is_not_there_builds_on_nothing(tests: Path) -> None:
    assert unready("q2", {"second": None}, lambda _: False, tests) == []
