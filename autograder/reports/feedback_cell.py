"""The feedback as a first cell of the executed notebook, for systems that take back one file."""

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.course.late import final_score
from autograder.plain_text import clean, one_line
from autograder.records import Grade
from autograder.reports.feedback_entries import Entry, core_and_bonus, entries, parts
from autograder.reports.words import (
    ENDING_WORDS,
    OUTCOME_WORDS,
    advice,
    has_marks,
    number,
    points,
    practice,
    reviews,
    sentence,
    student_ending,
)

_WIDTH = 96


def with_feedback(
    document: Mapping[str, Any], grade: Grade, title: str, titles: Mapping[str, str]
) -> dict[str, Any]:
    """Return the notebook `document` with a text cell in front that says what the page says."""
    text = "\n\n".join(_paragraphs(grade, title, titles))
    cell: dict[str, Any] = {"cell_type": "markdown", "metadata": {}, "source": text}
    if document["nbformat_minor"] >= 5:
        cell["id"] = "feedback"
    return {**document, "cells": [cell, *document["cells"]]}


def empty_notebook() -> dict[str, Any]:
    """Return the document of a notebook without cells."""
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}


def _paragraphs(grade: Grade, title: str, titles: Mapping[str, str]) -> Iterator[str]:
    listed = entries(grade, titles)
    yield f"# {_escaped(title)}: feedback"
    yield f"{_escaped(grade.student)} · {_escaped(grade.source)}"
    yield from _total(grade, listed)
    if text := practice(grade.isolation):
        yield f"**{_escaped(text)}**"
    yield f"Your notebook **{ENDING_WORDS[grade.ending]}**."
    if text := student_ending(grade):
        yield _as_written(text)
    if text := advice(grade):
        yield _escaped(text)
    yield from map(_as_written, reviews(grade))
    if told := [each for each in grade.decided if each.told]:
        yield "## What your instructor decided"
        yield "\n".join(f"- {_escaped(each.told)} ({each.when})" for each in told)
    for heading, some in parts(listed):
        yield f"## {heading}"
        for entry in some:
            yield from _question(entry)
    if full := [_escaped(entry.title) for entry in listed if entry.is_full]:
        yield f"Full points: {', '.join(full)}."
    if skipped := [_escaped(entry.title) for entry in listed if entry.is_unattempted]:
        yield f"Bonus questions not attempted: {', '.join(skipped)}."
    if grade.notes:
        yield "\n".join(f"- {_escaped(note)}" for note in grade.notes)


def _total(grade: Grade, listed: list[Entry]) -> Iterator[str]:
    worth = number(grade.max_score)
    if grade.excused:
        yield "**Excused**"
        return
    if not has_marks(grade):
        yield f"**Open**, of {worth} points: not decided yet."
        return
    core, bonus = core_and_bonus(grade, listed)
    more = f", +{number(bonus.points)} of {number(bonus.worth)} bonus points" if bonus.worth else ""
    if grade.open_points:
        more += f", and up to {number(grade.open_points)} more that your instructor gives"
    yield f"**{number(core.points)} of {worth} points**{more}"
    if grade.late_deduction:
        yield (
            f"{number(grade.late_deduction)} points are taken off because it came late: "
            f"{number(final_score(grade))} points count."
        )


def _question(entry: Entry) -> Iterator[str]:
    result = entry.question
    yield (f"### {_escaped(entry.title)}: {OUTCOME_WORDS[result.outcome]}, {points(result)} points")
    if result.review:
        yield "**An instructor will look at this question.**"
        yield _as_written(sentence(result.review))
    for group in entry.groups:
        yield "\n".join(
            f"- {_escaped(case.title)} ({'hidden' if case.hidden else 'public'} check): "
            f"{OUTCOME_WORDS[case.outcome]}"
            for case in group.cases
        )
        if group.message:
            yield _as_written(group.message)


def _as_written(text: str) -> str:
    """Text that may hold a student's own: in a block of its own, as nothing but text."""
    lines = [
        part
        for line in clean(text).splitlines()
        for part in textwrap.wrap(line, _WIDTH, drop_whitespace=False) or [""]
    ]
    longest = max((len(ticks) for ticks in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((f"{fence}text", *lines, fence))


def _escaped(text: str) -> str:
    """Text of one line in which Markdown and HTML find nothing to interpret."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~$&-])", r"\\\1", one_line(text, 400))
