"""Whether a notebook is one of this assignment at all: told from what it defines and asks."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograder.intake.released import Released, bindings, otter_name, titles_in
from autograder.intake.unreadable import NotThisAssignment
from autograder.plain_text import one_line
from autograder.records import Cell

_CHANGED = 2
"""So many other questions than those released make another release of the assignment."""
_MANY = 4
"""Functions and classes with the names that were asked for."""
_SAME_PARAMETERS = 2
_PARAMETER = re.compile(r"\barg\(arg='(\w+)'")
_LISTED = 4


def refuse_foreign(
    document: Mapping[str, Any], cells: Iterable[Cell], assignment: Released
) -> None:
    """Raises `NotThisAssignment` for a notebook in which nothing could earn a point."""
    cells = tuple(cells)
    texts = [str(cell["source"]) for cell in document["cells"]]
    if not texts:
        raise NotThisAssignment("The notebook has no cells. Is it the right file?")
    if not any(text.strip() for text in texts):
        raise NotThisAssignment(
            f"All {len(texts)} cells of the notebook are empty: the file lost what was written, or "
            "is a new one. Look for the right file, or for an earlier version of this one."
            if len(texts) > 1
            else "The notebook is one empty cell. Is it the right file?"
        )
    asked = {name for question in assignment.questions.values() for name in question.names}
    if not asked:
        return
    # Text cells count: an answer may stand in one by mistake.
    found = {name for name in asked if any(_mentions(text, name) for text in texts)}
    other = otter_name(document)
    if found and not _refers(texts, assignment) and not _alike_in_parts(texts, found, assignment):
        raise NotThisAssignment(
            f"The notebook defines {_listed(sorted(found))}, as many do, but nothing in it shows "
            "that it is this assignment's: no question, no check, no function as it was asked for. "
            "Is it the notebook of another assignment?"
        )
    if not found or (other not in ("", assignment.name) and 2 * len(found) < len(asked)):
        named = f" It calls itself '{one_line(other, 60)}'." if other else ""
        raise NotThisAssignment(
            "The notebook defines nothing that this assignment asks for "
            f"({_listed(sorted(asked))}).{named} Is it the notebook of another assignment?"
        )
    changed = _changed_questions(document, cells, assignment)
    if len(changed) >= _CHANGED:
        raise NotThisAssignment(
            f"The notebook asks other questions than this assignment ({_listed(changed)}): it is "
            "probably an older release. Copy the answers into the notebook that was released last."
        )


def _alike_in_parts(texts: Sequence[str], found: set[str], assignment: Released) -> bool:
    """Whether definitions show that this is the assignment, though nothing in it says so.

    `model`, `evaluate` and `SimpleCNN` stand in notebooks of all kinds; functions with the very
    parameters that were asked for, or many of the names, don't.
    """
    stubs = {
        name: form
        for question in assignment.questions.values()
        for name, form in question.stub.items()
        if form.startswith(("FunctionDef", "ClassDef"))
    }
    if len(found & stubs.keys()) >= _MANY:
        return True
    same = 0
    for text in texts:
        for name, form in (bindings(text) or {}).items():
            asked = _PARAMETER.findall(stubs.get(name, ""))
            if asked and _PARAMETER.findall(form)[: len(asked)] == asked:
                same += len(asked)
    return same >= _SAME_PARAMETERS


def _refers(texts: Sequence[str], assignment: Released) -> bool:
    """Whether anything in the notebook names a question of this assignment, or its package."""
    questions = "|".join(map(re.escape, assignment.questions))
    package = assignment.package
    imports = rf"|import {package}|from {package}" if package else ""
    sign = re.compile(rf"\b(?:grader\.check{imports})\b|^#+[ \t]*(?:{questions})\b", re.M)
    return any(sign.search(text) for text in texts)


def _changed_questions(
    document: Mapping[str, Any], cells: Iterable[Cell], assignment: Released
) -> list[str]:
    """Ids of questions in the notebook that the assignment does not have, or not like that."""
    questions = assignment.questions
    titles = titles_in(document)
    changed = [
        name
        for name, title in titles.items()
        if name not in questions
        or (questions[name].title and not _alike(title, questions[name].title))
    ]
    defined: set[str] = set()
    answered: dict[str, set[str]] = {}
    for cell in cells:
        bound = set(bindings(cell.source) or ())
        defined |= bound
        changed += [name for name in cell.checks if name not in questions]
        if cell.answers:
            answered[cell.answers] = bound
    changed += [
        name
        for name, bound in answered.items()
        if name in questions and bound and not questions[name].names & defined
    ]
    return list(dict.fromkeys(changed))


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"\b(?:def|class)\s+{name}\b|\b{name}\b[^=\n]*=", text) is not None


def _alike(one: str, other: str) -> bool:
    """Whether two titles share half of their words: a mended title is still the same question."""
    words, others = (set(re.findall(r"\w+", text.casefold())) for text in (one, other))
    return not words or 2 * len(words & others) >= min(len(words), len(others))


def _listed(names: list[str]) -> str:
    shown = ", ".join(one_line(name, 40) for name in names[:_LISTED])
    return shown + (", …" if names[_LISTED:] else "")
