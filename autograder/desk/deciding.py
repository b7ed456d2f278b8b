"""Turns a form that a person has sent into a decision, or says what is missing in it."""

import math
from collections.abc import Mapping
from datetime import datetime, time
from urllib.parse import parse_qsl

from autograder.desk.reading import ClassSeen, Seen
from autograder.store.decisions.model import Decision, Kind

FORM_BYTES = 100_000
_FIELDS = 200
CRITERION = "criterion:"
"""Begins the names of fields that hold the points of a criterion."""
GROUP = "group"
"""Names the field that holds the keys of several students, with spaces between them."""
_REASONS = {Kind.MARK: "rubric", Kind.ACCEPT: "looked at", Kind.COMMENT: "remark"}
"""Why, where nobody has to say it."""
_WITH_POINTS = (Kind.OVERRIDE, Kind.ADJUST)
_FOR_ALL = (Kind.DROP, Kind.CREDIT)


class FormError(Exception):
    """A form cannot be used; the message says what to change."""


def read_form(body: bytes) -> dict[str, str]:
    """Return the fields of a form as a browser encodes them. Raises `FormError`."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        raise FormError("This is no form of the desk's.") from None
    return {name: value.strip() for name, value in pairs}


def decision_of(form: Mapping[str, str], who: str, seen: ClassSeen) -> Decision:
    """Return the decision of `who` that `form` asks for. Raises `FormError`.

    What the file of decisions refuses is told when the decision is added to it.
    """
    if form.get("kind") not in tuple(Kind):
        raise FormError("Say what is to be done: choose one of the buttons.")
    kind = Kind(form["kind"])
    why = form.get("why", "") or _REASONS.get(kind, "")
    if not why:
        raise FormError("Say why: whoever reads the decision later wants to know.")
    student = "" if kind in _FOR_ALL else _student(form, seen).student
    comment = form.get("comment", "")
    if kind is Kind.COMMENT and not comment:
        raise FormError("Write the comment that the student is to read.")
    return Decision(
        kind,
        who,
        datetime.now().astimezone(),
        why,
        student,
        form.get("question", ""),
        _points(form.get("points", "")) if kind in _WITH_POINTS else None,
        _criteria(form) if kind is Kind.MARK else {},
        comment if kind in (Kind.COMMENT, Kind.MARK, *_WITH_POINTS) else "",
        _end_of_day(form.get("until", "")) if kind is Kind.EXTENSION else None,
        "all" if form.get("to") == "all" and kind is Kind.CREDIT else "answered",
    )


def decisions_of(form: Mapping[str, str], who: str, seen: ClassSeen) -> list[Decision]:
    """Return the decision that `form` asks for, for each of a group if it names one.

    Raises `FormError` as `decision_of` does.
    """
    if not (group := form.get(GROUP, "").split()):
        return [decision_of(form, who, seen)]
    if form.get("kind") in (*_FOR_ALL, Kind.MARK):
        raise FormError("This can't be decided for a group: choose one of the buttons.")
    return [decision_of({**form, "student": "", "key": key}, who, seen) for key in group]


def _student(form: Mapping[str, str], seen: ClassSeen) -> Seen:
    """Return whom a form is about: by folder or, where names are hidden, by key."""
    found = seen.by_folder.get(form.get("student", "")) or seen.by_key.get(form.get("key", ""))
    if found is None:
        raise FormError("This student isn't in the class any more.")
    return found


def _points(text: str) -> float:
    try:
        points = float(text.replace(",", "."))
    except ValueError:
        points = math.nan
    if not math.isfinite(points):
        raise FormError(f"'{text}' isn't a number of points: write one such as 2.5.")
    return points


def _criteria(form: Mapping[str, str]) -> dict[str, float]:
    given = {name: value for name, value in form.items() if name.startswith(CRITERION)}
    if not given or not all(given.values()):
        raise FormError("Give points for every criterion: 0 where it isn't met.")
    return {name.removeprefix(CRITERION): _points(value) for name, value in given.items()}


def _end_of_day(text: str) -> datetime:
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        raise FormError("Until when? Choose a day such as 2026-03-09.") from None
    return datetime.combine(day, time(23, 59, 59)).astimezone()
