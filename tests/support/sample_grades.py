"""Grades to report on: an ordinary one, and one in which every text is hostile."""

from dataclasses import replace
from typing import Any

from autograder.records import (
    CaseResult,
    Cell,
    CellRun,
    Ending,
    Grade,
    Notebook,
    Outcome,
    QuestionResult,
)

HOSTILE = "\x1b[2J\x1b]0;title\x07\u202e<script>alert(1)</script>\r\n[red]*a*[/red]](http://x.y)\0'=\ud800"
"""A terminal escape, a bidi override, HTML, Rich and Markdown markup, NUL, half a character."""

HOSTILE_NAMES = (
    HOSTILE,
    "../../etc/passwd",
    "..",
    ".hidden",
    "a/b",
    "a\\b",
    "",
    " ",
    "a,b\"c'd\ne",
    "=cmd|' /C calc'!A0",
    "x" * 300,
    "\N{GRINNING FACE}",
    "NUL",
    "con.txt",
    "dots.",
    "a\0b",
    "J\u00f6rg",
)

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def case(
    title: str, outcome: Outcome = Outcome.PASSED, hidden: bool = False, message: str = ""
) -> CaseResult:
    points = 2.5 if outcome is Outcome.PASSED else 0.0
    return CaseResult(title, hidden, points, 2.5, outcome, message)


def question(name: str, *cases: CaseResult) -> QuestionResult:
    worst = max((one.outcome for one in cases), key=list(Outcome).index)
    points, worth = sum(one.points for one in cases), sum(one.max_points for one in cases)
    return QuestionResult(name, points, worth, worst, cases)


PASSED = question("q1", case("Size"), case("Other sizes", hidden=True))
FAILED = question(
    "q3",
    case("Stride", Outcome.FAILED, message="conv2d: the stride is ignored"),
    case("Padding", Outcome.FAILED, hidden=True, message="rows are missing"),
    case("Channels", hidden=True),
)
AT_FAULT = question(
    "q5", case("Loss", Outcome.GRADER_ERROR, hidden=True, message="ValueError: secret 42")
)

GRADE = Grade(
    "student_001",
    "student_001.ipynb",
    Ending.TIME_LIMIT,
    "cell 3: it ran longer than 40 s",
    7.5,
    12.5,
    (PASSED, FAILED),
    (
        CellRun(0, Outcome.PASSED, 0.1),
        CellRun(2, Outcome.TIME_LIMIT, 40.0, "it ran longer than 40 s"),
    ),
    ("the notebook was run 2 times",),
    52.25,
)
COMPLETED = replace(GRADE, ending=Ending.COMPLETED, message="")
UNREADABLE = Grade("student_002", "a.zip", Ending.UNREADABLE, "It is broken.", 0.0, 12.5, ())
GRADER_ERROR = replace(
    GRADE,
    student="student_003",
    ending=Ending.GRADER_ERROR,
    message="RuntimeError: secret 42",
    questions=(PASSED, AT_FAULT),
    needs_review=True,
)


def hostile_grade(text: str = HOSTILE) -> Grade:
    checks = (
        CaseResult(text, False, 1.0, 2.0, Outcome.FAILED, text),
        CaseResult(text, True, 0.0, 2.0, Outcome.STUDENT_ERROR, text),
    )
    result = QuestionResult("q1", 1.0, 4.0, Outcome.STUDENT_ERROR, checks)
    cells = (CellRun(0, Outcome.STUDENT_ERROR, 1.0, text),)
    source = text.replace("/", "|")  # a file name holds no slash
    return Grade(text, source, Ending.CRASHED, text, 1.0, 4.0, (result,), cells, (text,))


def notebook(*sources: str) -> Notebook:
    document: dict[str, Any] = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {
                "cell_type": "code",
                "id": f"c{index}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": source,
            }
            for index, source in enumerate(sources)
        ],
    }
    cells = tuple(
        Cell(index, source, checks=("q3",) if "check" in source else ())
        for index, source in enumerate(sources)
    )
    return Notebook(cells, document)
