"""Runs from the desk, on a real sandbox: nothing counts before a person keeps it."""

import json
import re
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from autograder.classroom.views import Views
from autograder.desk.again import Ready
from autograder.desk.serve import courses_engine
from autograder.records import Grade
from autograder.sandbox.policy import SandboxUnavailable
from autograder.store.decisions.model import Decision, Kind
from autograder.store.decisions.writing import add_decisions
from autograder.store.holding import held
from autograder.store.kept import Attempt
from tests.classroom.test_term import NOON
from tests.desk.test_explain import FLIPPED
from tests.support.assignments import LESSON
from tests.support.running_desk import Answered, Running, running_desk
from tests.support.sample_class import STARTER, executed, write_class
from tests.support.sample_grades import COMPLETED, UNREADABLE

STUDENT = "student_001"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "release.ipynb"
    path.write_text(json.dumps(executed(STARTER)))
    return path


@pytest.fixture(scope="module")
def engine() -> Iterator[Ready]:
    with courses_engine(LESSON.folder) as ready:
        yield ready


@pytest.fixture
def views(tmp_path: Path) -> Views:
    grades = [replace(COMPLETED, student=STUDENT), replace(UNREADABLE, student="student_002")]
    return write_class(tmp_path / "grades", grades, {STUDENT: {"q1": FLIPPED}})


@pytest.fixture
def ann(views: Views, release: Path, engine: Ready) -> Iterator[Running]:
    @contextmanager
    def started() -> Generator[Ready]:
        yield replace(engine, engine=replace(engine.engine, running=type(engine.engine.running)()))

    with running_desk(views, release, started) as desk:
        yield desk.let_in("ann")


def begin(desk: Running, path: str, student: str = STUDENT, **fields: str) -> tuple[str, str]:
    """Begin a run, and return its address and its page when it is over."""
    answer = desk.ask(path, "POST", body=urlencode({"student": student, **fields}))
    assert answer.status == 303, answer.text
    place = answer.headers["location"]
    while "data-reload" in (page := desk.ask(place).text):
        time.sleep(0.05)
    return place, page


def keep(desk: Running, place: str) -> Answered:
    return desk.ask(f"{place}/keep", "POST")


def points(grade: Grade) -> dict[str, float]:
    return {result.question: result.score for result in grade.questions}


def kept_grade(views: Views) -> Grade:
    kept = views.store.kept(STUDENT)
    assert kept
    return kept.grade


def test_an_answer_is_explained_on_a_page_of_the_desk(views: Views, ann: Running) -> None:
    before = views.store.versions()
    place, page = begin(ann, "/explain", question="q1")
    assert "your kernel is flipped" in page and "<strong>expected</strong>" in page
    assert "it got 0 of 8" in page
    assert f'href="{place}"' in ann.ask(f"/students/{STUDENT}").text
    assert f'href="{place}"' in ann.ask("/runs").text
    assert views.store.versions() == before
    assert not (views.store.folder / "explain").exists()


def test_what_moves_is_shown_and_kept_only_when_somebody_says_so(
    views: Views, ann: Running
) -> None:
    before = kept_grade(views)
    assert points(before)["q1"] == 5
    said = {"who": "bob", "when": NOON, "why": "a typing error"}
    decision = Decision(Kind.OVERRIDE, student=STUDENT, question="q3", points=6.5, **said)  # type: ignore[arg-type]
    add_decisions(views.store.folder, [decision], views.showing.known)
    place, page = begin(ann, "/again", question="q1")
    assert re.search(r"q1.*?>5</td><td[^>]*>0<", page)
    assert kept_grade(views) == before
    assert keep(ann, place).status == 303
    after = kept_grade(views)
    assert points(after) == points(before) | {"q1": 0}
    assert after.score == before.score - 5
    run = views.store.runs()[-1]
    assert (run.command, run.who) == ("run again", "ann")
    assert [points(each.grade) for each in views.store.earlier(STUDENT)] == [points(before)]
    views.refresh()
    standing = {each.student: each for each in views.table()}[STUDENT]
    assert points(standing)["q3"] == 6.5
    assert "kept by ann" in ann.ask(place).text.lower()
    assert keep(ann, place).status == 400


def test_all_questions_run_again_and_a_second_time_nothing_moves(
    views: Views, ann: Running, engine: Ready
) -> None:
    place, _ = begin(ann, "/again")
    assert keep(ann, place).status == 303
    once = kept_grade(views)
    assert len(once.questions) == len(engine.engine.questions) and once.source == COMPLETED.source
    notebook = views.store.folder / "students" / STUDENT / "executed.ipynb"
    assert "your kernel is flipped" in notebook.read_text("utf-8")
    place, page = begin(ann, "/again")
    assert "No marks change" in page and "Not as it was graded" not in page
    keep(ann, place)
    assert [each.cases for each in kept_grade(views).questions] == [
        each.cases for each in once.questions
    ]


def test_what_was_graded_meanwhile_is_not_replaced(views: Views, ann: Running) -> None:
    place, page = begin(ann, "/again", question="q1")
    assert "Not as it was graded" in page
    with held(views.store.folder, "grade", None):
        refused = keep(ann, place)
        assert refused.status == 500 and "is in use by `grade`" in refused.text
    graded = replace(kept_grade(views), score=3.0)
    views.store.save(graded, Attempt(graded.source, content="other"), None)
    refused = keep(ann, place)
    assert refused.status == 400 and "another grade meanwhile" in refused.text
    assert kept_grade(views).score == 3.0


@pytest.mark.parametrize(
    ("path", "fields", "says"),
    [
        ("/again", {"student": "nobody"}, "in the class any more"),
        ("/explain", {"student": STUDENT}, "There is no question"),
        ("/explain", {"student": STUDENT, "question": "q99"}, "There is no question"),
        ("/again", {"student": STUDENT, "question": "<b>"}, "&lt;b&gt;"),
        ("/runs/1/keep", {}, "There is nothing at this address"),
    ],
)
def test_a_run_that_nobody_can_mean_is_told(
    views: Views, release: Path, path: str, fields: dict[str, str], says: str
) -> None:
    with running_desk(views, release) as desk:
        answer = desk.let_in().ask(path, "POST", body=urlencode(fields))
        assert answer.status in (400, 404) and says in answer.text
        refused = desk.let_in().ask(path, "POST", {"Origin": "http://evil.example"}, "x=1")
        assert refused.status == 403
        assert desk.ask(path, "POST", body=urlencode(fields)).status == 401


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (SandboxUnavailable("no layer holds <here>"), "No sandbox can be started: no layer holds"),
        (KeyError("torch"), "failed by a fault of the grader (KeyError"),
    ],
)
def test_an_engine_that_cannot_start_is_a_sentence_and_the_desk_goes_on(
    views: Views, release: Path, problem: Exception, says: str
) -> None:
    @contextmanager
    def broken() -> Generator[Ready]:
        raise problem
        yield

    with running_desk(views, release, broken) as desk:
        ann = desk.let_in()
        for _ in range(2):
            place, page = begin(ann, "/again", question="q1")
            assert says in page and "Traceback" not in page and "<here>" not in page
            assert keep(ann, place).status == 400
        assert ann.ask("/").status == 200


def test_who_handed_in_nothing_that_runs_is_told(ann: Running) -> None:
    _, page = begin(ann, "/again", student="student_002")
    assert "there is no notebook that could be run" in page
    assert "Run it all again" not in ann.ask("/students/student_002").text
