"""The file of decisions is read with a sentence for whatever is wrong, and written to with care."""

import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.rubric import Criterion, Rubric
from autograder.store.decisions.curve import CurveError, check_curve, curved
from autograder.store.decisions.model import Decision, Kind, Withdrawal
from autograder.store.decisions.reading import (
    DecisionError,
    Known,
    read_decisions,
    unknown_students,
)
from autograder.store.decisions.writing import add_decisions, as_toml, withdraw
from autograder.store.writing import StoreError
from tests.support.sample_grades import HOSTILE

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
RUBRIC = Rubric("notes", (Criterion("detector", 1.0), Criterion("evidence", 1.0)))
KNOWN = Known({"q1": 10.0, "q5": 8.0}, {"q5": RUBRIC}, 100.0)
SAID = 'who = "ann"\nwhen = 2026-03-05\nwhy = "a reason"\n'


def problem(folder: Path, *entries: str, said: str = SAID) -> str:
    text = "# a comment\n\n" + "\n".join(f"[[decision]]\n{entry}\n{said}" for entry in entries)
    (folder / "decisions.toml").write_text(text)
    with pytest.raises(DecisionError) as raised:
        read_decisions(folder, KNOWN)
    return str(raised.value)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('kind = "overide"', "kind = 'overide' isn't known; is 'override' meant?"),
        ('student = "a"', "kind is missing"),
        ('kind = "override"\nquestion = "q1"\npoints = 3', "student is missing"),
        ('kind = "override"\nstudent = "a"\nquestion = "q9"\npoints = 3', "there are q1, q5"),
        ('kind = "override"\nstudent = "a"\nquestion = "q1"\npoints = 11', "between 0 and 10"),
        ('kind = "override"\nstudent = "a"\nquestion = "q1"\npoints = "3"', "isn't a number"),
        ('kind = "override"\nstudent = "a"\npoints = true', "isn't a number"),
        ('kind = "override"\nstudent = "a"\npoints = nan', "isn't a number"),
        ('kind = "override"\nstudent = "a"\npoint = 3', "takes no point; is 'points' meant?"),
        ('kind = "override"\nstudent = 7\npoints = 3', "isn't a text in quotation marks"),
        ('kind = "adjust"\nstudent = "a"\npoints = 1\nlate_rules = "never"', "neither 'before'"),
        ('kind = "extension"\nstudent = "a"\nuntil = "tomorrow"', "isn't a date such as"),
        ('kind = "drop"\nquestion = "q1"\nstudent = "a"', "'drop' takes no student"),
        ('kind = "credit"\nquestion = "q1"\nto = "some"', "neither 'answered' nor 'all'"),
        ('kind = "mark"\nstudent = "a"\nquestion = "q1"\npoints = 1', "no part that people mark"),
        ('kind = "mark"\nstudent = "a"\nquestion = "q5"', "either criteria or points"),
        ('kind = "mark"\nstudent = "a"\nquestion = "q5"\npoints = 3', "between 0 and 2"),
        (
            'kind = "mark"\nstudent = "a"\nquestion = "q5"\ncriteria = { detector = 1 }',
            "points for evidence are missing",
        ),
        (
            'kind = "mark"\nstudent = "a"\nquestion = "q5"\n'
            "criteria = { detector = 2, evidence = 1, style = 1 }",
            "detector = 2 isn't between 0 and 1",
        ),
        ('kind = "curve"\nformula = "exec(1)"', "'exec(1)' isn't known; known are score, full"),
        ('kind = "curve"\nformula = "100 - score"', "a higher score gets less"),
        ('kind = "hold"\nstudent = "a"\nwithdrawn = { who = "b" }', "withdrawn needs"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_what_to_do(
    tmp_path: Path, entry: str, says: str
) -> None:
    told = problem(tmp_path, entry)
    assert says in told and "decisions.toml, line 3: " in told


@pytest.mark.parametrize("missing", ["who", "when", "why"])
def test_every_decision_says_who_when_and_why(tmp_path: Path, missing: str) -> None:
    said = "".join(line for line in SAID.splitlines(True) if not line.startswith(missing))
    assert f"{missing} is missing" in problem(tmp_path, 'kind = "hold"\nstudent = "a"', said=said)


def test_every_wrong_entry_is_told_at_once_with_its_own_line(tmp_path: Path) -> None:
    told = problem(tmp_path, 'kind = "x"', 'kind = "hold"\nstudent = "a"', 'kind = "y"')
    assert "line 3: kind = 'x'" in told and "line 16: kind = 'y'" in told
    assert len(told.splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[decision]\n", "isn't valid TOML"),
        ("[[decisions]]\nkind = 1\n", "'decisions' isn't known: begin each"),
        ("decision = 3\n", "begin each decision with"),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "decisions.toml").write_text(text)
    with pytest.raises(DecisionError, match=r"decisions\.toml") as raised:
        read_decisions(tmp_path)
    assert says in str(raised.value)


def test_a_file_in_another_encoding_and_one_that_is_a_link_are_told(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    path.write_bytes(b'title = "\xe9"')
    with pytest.raises(DecisionError, match="UTF-8"):
        read_decisions(tmp_path)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DecisionError, match="cannot be read"):
        read_decisions(tmp_path)


def test_a_day_alone_is_the_whole_day_for_an_extension(tmp_path: Path) -> None:
    text = f'[[decision]]\nkind = "extension"\nstudent = "a"\nuntil = 2026-03-09\n{SAID}'
    (tmp_path / "decisions.toml").write_text(text)
    (found,) = read_decisions(tmp_path).every
    assert found.until and (found.until.day, found.until.hour) == (9, 23)
    assert found.until.tzinfo is not None and found.date == "2026-03-05"


def test_somebody_who_is_not_in_the_class_is_told_and_stops_nothing(tmp_path: Path) -> None:
    add_decisions(tmp_path, [Decision(Kind.HOLD, "ann", NOON, "x", "student_01")])
    found = read_decisions(tmp_path, KNOWN)
    (told,) = unknown_students(found, ["student_001", "bob"])
    assert "nobody in the class is called 'student_01' (hold); is student_001 meant?" in told


WHOLE = Decision(
    Kind.MARK,
    "ann",
    NOON,
    'a "quoted"\nreason',
    "Jörg O'Neil",
    "q5",
    None,
    {"detector": 0.5, "evidence": 1.0},
    "See the “sides”.",
)


def test_a_decision_comes_back_as_it_was_written(tmp_path: Path) -> None:
    add_decisions(tmp_path, [WHOLE], KNOWN)
    (found,) = read_decisions(tmp_path, KNOWN).every
    assert found == Decision(**(vars(WHOLE) | {"line": found.line}))


@given(st.text(st.characters()), st.text(st.characters(), min_size=1))
def test_any_text_gives_valid_toml(text: str, name: str) -> None:
    written = as_toml(Decision(Kind.MARK, text, NOON, text, name, criteria={name: 1.0}))
    (entry,) = tomllib.loads(written)["decision"]
    shown = text.encode("utf-8", "replace").decode()
    assert entry.get("why", "") == shown


def test_what_people_wrote_stays_when_decisions_are_added_and_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    path.write_text(
        f'# mine\n\n[[decision]] # first\nkind = "hold"\nstudent = "a"\n{SAID}\n# end\n'
    )
    add_decisions(tmp_path, [WHOLE], KNOWN)
    withdraw(tmp_path, 3, Withdrawal("bob", NOON, HOSTILE), KNOWN)
    text = path.read_text()
    assert "# mine" in text and "# first" in text and "# end" in text
    found = read_decisions(tmp_path, KNOWN)
    assert [each.kind for each in found.every] == [Kind.HOLD, Kind.MARK]
    assert [each.kind for each in found.standing] == [Kind.MARK]
    with pytest.raises(StoreError, match="no decision that stands begins in line 3"):
        withdraw(tmp_path, 3, Withdrawal("bob", NOON, "again"))


def test_a_decision_that_cannot_be_used_is_not_added(tmp_path: Path) -> None:
    add_decisions(tmp_path, [WHOLE], KNOWN)
    before = (tmp_path / "decisions.toml").read_bytes()
    with pytest.raises(DecisionError, match="q9"):
        add_decisions(tmp_path, [Decision(Kind.DROP, "ann", NOON, "x", question="q9")], KNOWN)
    assert (tmp_path / "decisions.toml").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["decisions.toml"]


DECIDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from autograder.store.decisions.model import Decision, Kind
from autograder.store.decisions.writing import add_decisions
for number in range(15):
    made = Decision(Kind.HOLD, sys.argv[2], datetime.now(UTC), "x", f"{sys.argv[2]}_{number}")
    add_decisions(Path(sys.argv[1]), [made])
"""


def test_two_people_who_decide_at_once_lose_nothing(tmp_path: Path) -> None:
    people = [
        subprocess.Popen([sys.executable, "-c", DECIDER, tmp_path, name], cwd=ROOT)
        for name in ("ann", "bob")
    ]
    assert [one.wait() for one in people] == [0, 0]
    assert len(read_decisions(tmp_path).every) == 30


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("score", 64.0),
        ("min(full, score * 1.1 + 2)", 72.4),
        ("10 * sqrt(score)", 80.0),
        ("max(score, 0.5 * full)", 64.0),
        ("round(score / 3)", 21.0),
        ("-(-score)", 64.0),
    ],
)
def test_a_curve_is_what_its_formula_says(formula: str, value: float) -> None:
    check_curve(formula, 100.0)
    assert curved(formula, 64.0, 100.0) == value


@pytest.mark.parametrize(
    "formula",
    [
        *("", "score +", "score / 0", "1 / score", "9 ** 9 ** 9", "score ** -1", "name", "score()"),
        *(
            "__import__('os')",
            "score.real",
            "[score]",
            "'a'",
            "True",
            "lambda: 1",
            "max()",
            "1e999",
        ),
        *("min(key=score)", "sqrt(score, 2)", "sqrt(0 - 1)", "+".join(["score"] * 99), "(" * 150),
    ],
)
def test_what_is_no_curve_is_refused_and_nothing_runs(formula: str) -> None:
    with pytest.raises(CurveError):
        check_curve(formula, 100.0)


def test_a_field_that_nobody_knows_is_never_dropped_in_silence(tmp_path: Path) -> None:
    entry: dict[str, Any] = {"weight": 3}
    told = problem(tmp_path, 'kind = "comment"\nstudent = "a"\ncomment = "x"\nweight = 3')
    assert all(name in told for name in entry)


def test_every_example_of_the_page_on_decisions_can_be_used(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "decisions.md").read_text("utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "decisions.toml").write_text("\n".join(blocks))
    questions = {f"q{number}": 8.0 for number in range(1, 19)}
    found = read_decisions(tmp_path, Known(questions, {"q5": RUBRIC}, 100.0))
    assert {each.kind for each in found.every} == set(Kind)
