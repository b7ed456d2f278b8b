"""Which row of a gradebook belongs to whom: by ids; by name only where nothing is left to guess."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.gradebooks.rows import (
    Gradebook,
    Row,
    cleaned_name,
    key_value,
    names_agree,
    spellings,
)
from autograder.plain_text import one_line
from autograder.records import Person, Submission

_ID_KIND = {
    "canvas": "canvas",
    "moodle": "moodle",
    "gradescope": "sis",
    "blackboard": "login",
    "brightspace": "org",
}
"""The column kind that a learning system's ids stand in: Gradescope's are student numbers."""
_ANY_ID = ("canvas", "moodle", "sis", "email", "login", "org")
_UNIQUE = ("canvas", "moodle", "login", "org")
"""Kinds of which no two rows should have the same."""
_DIGITS = re.compile(r"\d+")
_ADDED = r"[ _.-]*\(1\)$|[ _.-]+\(?late\)?$|^late[ _.-]+"
"""What students and browsers add to a file's name."""


@dataclass(frozen=True)
class Matched:
    """Rows and the submissions that belong to them."""

    submissions: Mapping[int, Submission]
    """By the row's number."""
    remarks: tuple[str, ...]
    """Sentences on the students and rows without a partner."""


@dataclass(frozen=True)
class _Plain:
    """Takes from a file's name the notebook's, a late mark and a browser's (1)."""

    added: re.Pattern[str]

    @classmethod
    def of(cls, names: Sequence[str]) -> "_Plain":
        """The notebook's own name is the last of `names`."""
        stem = re.escape(names[-1]) if names else ""
        of_notebook = rf"^{stem}[ _.-]+|[ _.-]+{stem}$|" if stem else ""
        return cls(re.compile(of_notebook + _ADDED, re.IGNORECASE))

    def __call__(self, name: str) -> str:
        while (shorter := self.added.sub("", name)) != name and shorter:
            name = shorter
        return name


def match(gradebook: Gradebook, submissions: Sequence[Submission]) -> Matched:
    """Finds each author's row; what could be two rows', or two submissions', is only listed."""
    plain = _Plain.of(gradebook.names)
    rows = _Rows.of(gradebook, plain)
    names = _names(submissions, plain)
    claims: dict[int, list[Submission]] = defaultdict(list)
    remarks: list[str] = []
    for submission in submissions:
        for person in submission.people or (None,):
            found = rows.of_person(submission, person, names)
            for row in found:
                if submission not in claims[row.number]:
                    claims[row.number].append(submission)
            if not found:
                who = person.id or submission.student if person else submission.student
                remarks.append(f"No row of the gradebook is surely that of {one_line(who)}.")
    twice = _twice(gradebook.rows)
    remarks += twice.values()
    certain: dict[int, Submission] = {}
    for row in gradebook.rows:
        if row.keys & twice.keys():
            continue
        claimed = claims.get(row.number, [])
        if len(claimed) == 1:
            certain[row.number] = claimed[0]
        elif claimed:
            listed = ", ".join(one_line(one.student) for one in claimed)
            remarks.append(
                f"{one_line(row.label)} has several submissions: {listed}. None is taken."
            )
        else:
            remarks.append(f"{one_line(row.label)} has no submission: left as it is.")
    return Matched(certain, tuple(remarks))


def _twice(rows: Sequence[Row]) -> Mapping[tuple[str, str], str]:
    """A sentence on each id that more than one row has: none of these rows is filled in."""
    places: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        for key in row.keys:
            if key[0] in _UNIQUE:
                places[key].append(row)
    listed = {key: found for key, found in places.items() if len(found) > 1}
    told: set[tuple[int, ...]] = set()
    remarks: dict[tuple[str, str], str] = {}
    for key, found in sorted(listed.items()):
        numbers = tuple(row.number + 1 for row in found)
        again = numbers in told
        told.add(numbers)
        shown = ", ".join(map(str, numbers))
        if not again:
            remarks[key] = (
                f"The id {one_line(key[1])} stands in more than one row of the gradebook "
                f"({shown}): none of them was filled in."
            )
    return remarks


@dataclass(frozen=True)
class _Rows:
    """The rows by everything that they are known by."""

    by_key: Mapping[tuple[str, str], Sequence[Row]]
    by_name: Mapping[str, Sequence[Row]]
    by_group: Mapping[str, Sequence[Row]]
    kinds: frozenset[str]
    encoding: str
    plain: _Plain

    @classmethod
    def of(cls, gradebook: Gradebook, plain: _Plain) -> "_Rows":
        by_key: dict[tuple[str, str], list[Row]] = defaultdict(list)
        by_name: dict[str, list[Row]] = defaultdict(list)
        by_group: dict[str, list[Row]] = defaultdict(list)
        for row in gradebook.rows:
            for key in row.keys:
                by_key[key].append(row)
            names = {cleaned_name(name) for name in spellings(row.name, gradebook.table.encoding)}
            for name in names - {""}:
                by_name[name].append(row)
            if row.group.strip():
                by_group[cleaned_name(row.group)].append(row)
        return cls(by_key, by_name, by_group, gradebook.kinds, gradebook.table.encoding, plain)

    def of_person(
        self, submission: Submission, person: Person | None, names: Mapping[str, int]
    ) -> list[Row]:
        """The one row of `person`, the rows of a group, or nothing."""
        wanted = _keys(submission, person, self.plain)
        found = {row.number: row for key in wanted for row in self.by_key.get(key, ())}
        if person and person.system == "moodle" and "moodle" in self.kinds:
            return self._of_participant(person, list(found.values()))
        if found:
            return list(found.values()) if len(found) == 1 else []
        if any(kind in self.kinds for kind, _ in wanted) and person and person.system:
            return []  # the gradebook has such ids, and this one is not among them
        name = cleaned_name(person.name if person else self.plain(submission.student))
        rows = self.by_name.get(name, ()) if names.get(name) == 1 else ()
        return list(rows) if len(rows) == 1 else []

    def _of_participant(self, person: Person, found: list[Row]) -> list[Row]:
        """A group's number may be another student's: the name must agree, if both have one."""
        name = person.name
        agreeing = [row for row in found if not name or not row.name or self._agree(row, name)]
        if len(found) > 1:
            return []
        return agreeing or list(self.by_group.get(cleaned_name(name), ()))

    def _agree(self, row: Row, name: str) -> bool:
        """Whether `name`, as a folder has it, is the row's; all are "Participant" when blind."""
        if cleaned_name(_DIGITS.sub("", name)) == cleaned_name(_DIGITS.sub("", row.label)):
            return True
        return any(names_agree(each, name) for each in spellings(row.name, self.encoding))


def _keys(submission: Submission, person: Person | None, plain: _Plain) -> set[tuple[str, str]]:
    if person is None:  # a plain file: its name may be any id
        called = {submission.student, plain(submission.student)}
        return {(kind, key_value(name)) for kind in _ANY_ID for name in called}
    if not person.system:  # of a table that says no more
        pairs = {*((kind, person.id) for kind in _ANY_ID), ("email", person.email)}
        return {(kind, key_value(value)) for kind, value in pairs if value}
    pairs = {(_ID_KIND.get(person.system, ""), person.id), ("email", person.email)}
    return {(kind, key_value(value)) for kind, value in pairs if kind and value}


def _names(submissions: Sequence[Submission], plain: _Plain) -> Mapping[str, int]:
    """How many authors have each name."""
    counts: dict[str, int] = defaultdict(int)
    for submission in submissions:
        for name in [one.name for one in submission.people] or [plain(submission.student)]:
            counts[cleaned_name(name)] += 1
    return counts
