"""Reads `decisions.toml`; whatever is wrong in it is told in a sentence, with its line."""

import difflib
import math
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, cast

from autograder.course.rubric import Rubric
from autograder.files import NotOrdinary, read
from autograder.store.decisions.curve import CurveError, check_curve
from autograder.store.decisions.model import Decision, Decisions, Kind, Withdrawal
from autograder.store.writing import StoreError

FILE = "decisions.toml"
_MOST_BYTES = 50_000_000
_HEADER = re.compile(r"^\s*\[\[\s*decision\s*\]\]", re.MULTILINE)
_ALWAYS = ("kind", "who", "when", "why", "withdrawn")
_NEEDED: Mapping[Kind, tuple[str, ...]] = {
    Kind.OVERRIDE: ("student", "points"),
    Kind.ADJUST: ("student", "points"),
    Kind.MARK: ("student", "question"),
    Kind.COMMENT: ("student", "comment"),
    Kind.EXCUSE: ("student",),
    Kind.EXTENSION: ("student", "until"),
    Kind.DROP: ("question",),
    Kind.CREDIT: ("question",),
    Kind.CURVE: ("formula",),
    Kind.ACCEPT: ("student",),
    Kind.HOLD: ("student",),
    Kind.LIFT: ("student",),
}
_ALLOWED: Mapping[Kind, tuple[str, ...]] = {
    Kind.OVERRIDE: ("question", "late_rules", "comment"),
    Kind.ADJUST: ("question", "late_rules", "comment"),
    Kind.MARK: ("points", "criteria", "comment"),
    Kind.COMMENT: ("question",),
    Kind.EXCUSE: ("question",),
    Kind.ACCEPT: ("question",),
    Kind.CREDIT: ("to",),
    Kind.CURVE: ("late_rules",),
}


class DecisionError(StoreError):
    """The decisions cannot be used; the message has a sentence for each thing that is wrong."""


@dataclass(frozen=True)
class Known:
    """What decisions may speak of. Where a part is empty, nothing is checked against it."""

    questions: Mapping[str, float] = field(default_factory=dict[str, float])
    """The worth of each question."""
    rubrics: Mapping[str, Rubric] = field(default_factory=dict[str, Rubric])
    full: float = 100.0


def read_decisions(folder: Path, known: Known | None = None) -> Decisions:
    """Return the decisions on the class in `folder`. Raises `DecisionError`."""
    path = folder / FILE
    try:
        content = read(path, "", _MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return Decisions()
    except (OSError, NotOrdinary) as error:
        raise DecisionError(f"{path} cannot be read: {error}") from None
    try:
        return parsed(content.decode("utf-8"), path, known or Known())
    except UnicodeDecodeError:
        raise DecisionError(f"{path} isn't UTF-8 text: save it as UTF-8.") from None


def decisions_text(folder: Path) -> str:
    """Return the file of decisions as it stands; '' where there is none that can be read."""
    try:
        return read(folder / FILE, "", _MOST_BYTES).decode("utf-8", "replace")
    except (OSError, NotOrdinary):
        return ""


def parsed(text: str, path: Path, known: Known) -> Decisions:
    """Return the decisions in the `text` of the file `path`. Raises `DecisionError`."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DecisionError(f"{path} isn't valid TOML: {error}.") from None
    entries = document.pop("decision", [])
    if document or not isinstance(entries, list):
        name = next(iter(document), "decision")
        raise DecisionError(f"{path}: '{name}' isn't known: begin each decision with [[decision]].")
    lines = [text.count("\n", 0, found.end()) + 1 for found in _HEADER.finditer(text)]
    wrong, found = list[str](), list[Decision]()
    for place, entry in enumerate(cast("list[Any]", entries)):
        line = lines[place] if place < len(lines) else 0
        read_one = _Entry(entry, line, known)
        decision = read_one.decision()
        wrong += [f"{path}, line {line}: {sentence}" for sentence in read_one.wrong]
        if decision and not read_one.wrong:
            found.append(decision)
    if wrong:
        raise DecisionError("\n".join(wrong))
    return Decisions(tuple(sorted(found, key=lambda each: each.when)))


def unknown_students(decisions: Decisions, students: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each standing decision on somebody who isn't in the class (yet)."""
    for each in decisions.standing:
        if each.student and each.student not in students:
            close = difflib.get_close_matches(each.student, students, 1)
            meant = f"; is {close[0]} meant?" if close else "."
            yield (
                f"{FILE}, line {each.line}: nobody in the class is called '{each.student}' "
                f"({each.kind}){meant}"
            )


class _Entry:
    """One entry of the file, checked key by key."""

    def __init__(self, entry: Any, line: int, known: Known) -> None:
        self._entry: dict[str, Any] = cast("dict[str, Any]", entry) if type(entry) is dict else {}
        self._line, self._known = line, known
        self.wrong: list[str] = []

    def decision(self) -> Decision | None:
        """Return the decision; None, or with sentences in `wrong`, for what cannot be used."""
        kind = self._kind()
        if kind is None:
            return None
        self._check_keys(kind)
        decision = Decision(
            kind,
            self._text("who"),
            self._moment("when") or datetime.min,
            self._text("why"),
            self._text("student"),
            self._text("question"),
            self._number("points"),
            self._criteria(),
            self._text("comment"),
            self._moment("until", end_of_day=True),
            self._choice("to", ("answered", "all")),
            self._text("formula"),
            self._choice("late_rules", ("after", "before") if kind is Kind.CURVE else _BEFORE),
            self._withdrawal(),
            self._line,
        )
        if not self.wrong:
            self._check_sense(decision)
        return decision

    def _kind(self) -> Kind | None:
        given = self._entry.get("kind")
        if given in tuple(Kind):
            return Kind(given)
        close = difflib.get_close_matches(str(given), list(Kind), 1)
        meant = f"; is '{close[0]}' meant?" if close else f": it is one of {', '.join(Kind)}."
        self.wrong.append(f"kind = {given!r} isn't known{meant}" if given else "kind is missing.")
        return None

    def _check_keys(self, kind: Kind) -> None:
        needed = ("who", "when", "why", *_NEEDED[kind])
        for name in needed:
            if self._entry.get(name) in (None, ""):
                self.wrong.append(f"{name} is missing: '{kind}' needs {', '.join(needed)}.")
        allowed = {*_ALWAYS, *needed, *_ALLOWED.get(kind, ())}
        for name in self._entry:
            if name not in allowed:
                close = difflib.get_close_matches(name, allowed, 1)
                meant = f"; is '{close[0]}' meant?" if close else "."
                self.wrong.append(f"'{kind}' takes no {name}{meant}")

    def _check_sense(self, decision: Decision) -> None:
        questions, worth = self._known.questions, self._known.full
        if decision.question and questions:
            if decision.question not in questions:
                known = ", ".join(questions)
                self.wrong.append(f"question '{decision.question}' isn't known: there are {known}.")
                return
            worth = questions[decision.question]
        if decision.kind is Kind.OVERRIDE and decision.points is not None:
            most = worth if decision.question else math.inf
            if not 0 <= decision.points <= most and questions:
                told = f"points = {decision.points:g} isn't between 0 and {most:g}"
                self.wrong.append(f"{told}, what {decision.question or 'a total'} can be.")
        if decision.kind is Kind.MARK:
            self._check_mark(decision)
        if decision.kind is Kind.CURVE:
            try:
                check_curve(decision.formula, self._known.full)
            except CurveError as problem:
                self.wrong.append(f"formula = {decision.formula!r}: {problem}.")

    def _check_mark(self, decision: Decision) -> None:
        if (decision.points is None) == (not decision.criteria):
            self.wrong.append("'mark' needs either criteria or points for all of them.")
        rubric = self._known.rubrics.get(decision.question)
        if rubric is None:
            if self._known.questions:
                self.wrong.append(
                    f"{decision.question} has no part that people mark (`manual: true` in the "
                    "master notebook); 'override' and 'adjust' change what the checks gave."
                )
            return
        worth = {criterion.name: criterion.points for criterion in rubric.criteria}
        for name, points in decision.criteria.items():
            if name not in worth:
                self.wrong.append(f"criterion '{name}' isn't known: there are {', '.join(worth)}.")
            elif not 0 <= points <= worth[name]:
                self.wrong.append(f"{name} = {points:g} isn't between 0 and {worth[name]:g}.")
        if decision.criteria and (left := worth.keys() - decision.criteria.keys()):
            self.wrong.append(f"points for {', '.join(sorted(left))} are missing.")
        if decision.points is not None and not 0 <= decision.points <= rubric.points:
            most = f"{rubric.points:g}"
            self.wrong.append(f"points = {decision.points:g} isn't between 0 and {most}.")

    def _text(self, name: str) -> str:
        return self._of(name, str, "", "a text in quotation marks")

    def _number(self, name: str) -> float | None:
        value = self._of(name, (int, float), None, "a number")
        if value is not None and not math.isfinite(value):
            self.wrong.append(f"{name} = {value} isn't a number of points.")
        return None if value is None else float(value)

    def _choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self._of(name, str, choices[0], "a text in quotation marks")
        if value not in choices:
            self.wrong.append(f"{name} = {value!r} is neither {' nor '.join(map(repr, choices))}.")
        return value

    def _moment(self, name: str, *, end_of_day: bool = False) -> datetime | None:
        what = "a date such as 2026-03-05, or a moment such as 2026-03-05T10:00:00+01:00"
        value = self._of(name, (date, datetime), None, what)
        if value is None:
            return None
        if not isinstance(value, datetime):
            value = datetime.combine(value, time(23, 59, 59) if end_of_day else time())
        return value if value.tzinfo else value.astimezone()

    def _criteria(self) -> dict[str, float]:
        given = self._of("criteria", dict, {}, "points by criterion, such as { filter = 1 }")
        found: dict[str, float] = {}
        for name, points in cast("dict[str, Any]", given).items():
            if type(points) not in (int, float) or not math.isfinite(points):
                self.wrong.append(f"criteria: {name} = {points!r} isn't a number of points.")
            else:
                found[name] = float(points)
        return found

    def _withdrawal(self) -> Withdrawal | None:
        given = self._of("withdrawn", dict, None, '{ who = "…", when = …, why = "…" }')
        if given is None:
            return None
        inner = _Entry(given, self._line, self._known)
        who, when, why = inner._text("who"), inner._moment("when"), inner._text("why")
        if not (who and when and why) or inner.wrong:
            self.wrong.append('withdrawn needs { who = "…", when = …, why = "…" }.')
            return None
        return Withdrawal(who, when, why)

    def _of(self, name: str, types: Any, default: Any, what: str) -> Any:
        value = self._entry.get(name)
        if value is None:
            return default
        if not isinstance(value, types) or isinstance(value, bool):
            self.wrong.append(f"{name} = {value!r} isn't {what}.")
            return default
        return value


_BEFORE = ("before", "after")
