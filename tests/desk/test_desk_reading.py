"""The desk shows a class as it stands at that moment."""

from collections import Counter
from pathlib import Path

import pytest

from autograder.desk import reading
from autograder.desk.reading import Reader
from autograder.desk.today import by_kind
from autograder.store.decisions.reading import FILE, DecisionError
from tests.support.sample_class import sample_class

STUDENT = "student_001"
DECISION = f"""
[[decision]]
kind = "override"
student = "{STUDENT}"
question = "q3"
points = 1.25
who = "ann"
when = 2026-03-05
why = "as we said"
"""


def points(reader: Reader) -> float:
    """The student's points of q3, as the desk shows them."""
    return reader.now().by_folder[STUDENT].results["q3"].score


def test_a_decision_that_is_made_while_the_desk_is_open_is_shown(tmp_path: Path) -> None:
    views = sample_class(tmp_path)
    reader = Reader(views.store, views.showing, tmp_path / "no-release.ipynb")
    before = points(reader)
    assert reader.now() is reader.now()
    (tmp_path / FILE).write_text(DECISION)
    assert points(reader) == 1.25
    (tmp_path / FILE).write_text(DECISION.replace("why", "reason"))
    for _ in range(2):
        with pytest.raises(DecisionError, match=r"decisions\.toml, line 2"):
            reader.now()
    (tmp_path / FILE).unlink()
    assert points(reader) == before != 1.25


def test_a_page_reads_only_what_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = sample_class(tmp_path)
    store, done = views.store, Counter[str]()
    reader = Reader(store, views.showing, tmp_path / "no-release.ipynb")
    for owner, name in ((store, "kept"), (reading, "answers_in"), (reading, "same_answers")):
        counted(owner, name, done, monkeypatch)

    def look() -> Counter[str]:
        done.clear()
        by_kind(reader.now())
        return Counter(done)

    assert look() == {"kept": 17, "answers_in": 14, "same_answers": 1}
    assert look() == {}
    (tmp_path / FILE).write_text(DECISION)
    assert look() == {}
    kept, whole = store.kept(STUDENT), store.whole_grade(STUDENT)
    assert kept and whole
    store.replace(store.runs()[-1], [(whole, kept.attempt)])
    assert look() == {"kept": 1, "answers_in": 1}


def counted(owner: object, name: str, done: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Count the calls of `owner.name`."""
    real = getattr(owner, name)

    def counting(*arguments: object) -> object:
        done[name] += 1
        return real(*arguments)

    monkeypatch.setattr(owner, name, counting)
