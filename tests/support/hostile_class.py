"""A class in which every text that a student controls attacks whoever shows it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.classroom.views import Views
from autograder.records import CaseResult, CellRun, Ending, Outcome, QuestionResult
from tests.support.sample_class import COPIED, write_class
from tests.support.sample_grades import COMPLETED, HOSTILE

ATTACKS = (
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 2'>",
    "\"><svg onload='window.hacked = 3'>",
    "' autofocus onfocus='window.hacked = 4' x='",
    "javascript:window.hacked=5",
    "</style><script>window.hacked = 6</script>",
    "</script><script>window.hacked = 7</script>",
    "</title></textarea></pre><iframe src='javascript:parent.hacked=8'></iframe>",
    "{{ 7 * 7 }}{% raw %}${window.hacked = 9}",
    "<a href='javascript:window.hacked=10'>x</a><base href='https://example.org/'>",
    "<meta http-equiv='refresh' content='0;url=https://example.org/'>",
    "=cmd|' /C calc'!A0",
    HOSTILE,
    "\u202egnp.exe\u202c\x1b[31mred\x1b[0m\x9b2J",
)
ALL = " ".join(ATTACKS)


def hostile_class(folder: Path) -> Views:
    """Write the class into `folder`; the first two students have the same answers."""
    hostile = [
        replace(
            _attacking(attack),
            student=f"{attack} {number}",
            source=attack.replace("/", "|"),
            message=attack,
            notes=(attack,),
            review=attack,
            ending=list(Ending)[number % len(Ending)],
            needs_review=number % 2 == 0,
        )
        for number, attack in enumerate(ATTACKS)
    ]
    names = [grade.student for grade in hostile]
    answers = {name: {"q1": ALL, "q3": f"# {ALL}\n{COPIED}\nx = '{ALL}'"} for name in names[:2]}
    return write_class(folder, [COMPLETED, *hostile], answers, title=ATTACKS[0])


def _attacking(attack: str) -> Any:
    checks = (CaseResult(attack, False, 0.0, 2.0, Outcome.FAILED, f"{attack} {ALL}"),)
    result = QuestionResult("q1", 0.0, 2.0, Outcome.FAILED, checks, review=attack)
    cells = (CellRun(0, Outcome.STUDENT_ERROR, 1.0, ALL),)
    return replace(COMPLETED, questions=(result,), cells=cells)
