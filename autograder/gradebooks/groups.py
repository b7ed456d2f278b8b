"""Hand-ins of groups: every member gets the mark of the one who handed in.

Canvas's download names a group's file by the group and one member's number, Moodle's folder by the
group; who else belongs to it stands in a table of groups.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.gradebooks.matching import match
from autograder.gradebooks.rows import Gradebook, Row
from autograder.intake.lms.collected import Collected
from autograder.intake.notebook_source import notebooks_in
from autograder.intake.unreadable import Unreadable
from autograder.plain_text import one_line
from autograder.records import Person, Submission


@dataclass(frozen=True)
class Grouped:
    """A class whose hand-ins are those of whole groups."""

    found: Collected
    others: Mapping[str, tuple[str, ...]]
    """The members who did not hand in themselves, by the student whose hand-in is theirs."""


def with_groups(found: Collected, roster: Gradebook) -> Grouped:
    """Return the class with the members of each group as authors of the group's hand-in.

    Where members handed in different ones, each keeps their own, and nobody else gets one of them.
    """
    members = _members(roster)
    claims = _claims(found.submissions, roster, members)
    by_group: dict[str, list[Submission]] = defaultdict(list)
    remarks: list[str] = []
    for submission in found.submissions:
        if group := claims.groups.get(submission.student):
            by_group[group].append(submission)
        else:
            remarks.append(
                f"{one_line(submission.student)} is in no group: the mark is theirs alone."
            )
    whole: dict[str, Submission] = {}
    for group, rows in members.items():
        handed_in = by_group.get(group, [])
        if not handed_in:
            remarks.append(f"{one_line(group)} ({_labels(rows)}) handed in nothing.")
        elif len(handed_in) > 1 and not _same(handed_in):
            remarks.append(_different(group, handed_in, _without(rows, claims.owners)))
        else:
            whole[group] = handed_in[0]
    left = [row for row in roster.rows if not row.group and row.number not in claims.owners]
    if left:
        remarks.append(f"In no group, and without a hand-in: {_labels(left)}.")
    grouped = _shared(found, members, whole, claims.owners)
    return replace(grouped, found=replace(grouped.found, remarks=(*found.remarks, *remarks)))


def with_named_groups(found: Collected, worksheet: Gradebook) -> Grouped:
    """Return the class with the members of those groups as authors whose hand-ins are called so.

    A grading worksheet may tell groups although each student handed in alone.
    """
    members = _members(worksheet)
    claims = _claims(found.submissions, worksheet, members)
    alone = set(claims.owners.values())
    whole = {
        claims.groups[one.student]: one
        for one in found.submissions
        if one.student in claims.groups and one.student not in alone
    }
    return _shared(found, members, whole, claims.owners)


def _members(roster: Gradebook) -> Mapping[str, list[Row]]:
    members: dict[str, list[Row]] = defaultdict(list)
    for row in roster.rows:
        if row.group.strip():
            members[row.group.strip()].append(row)
    return members


@dataclass(frozen=True)
class _Claims:
    """What the rows of the table say of the hand-ins."""

    owners: Mapping[int, str]
    """Students by the rows of those who handed in themselves."""
    groups: Mapping[str, str]
    """Groups by students."""


def _claims(
    submissions: Sequence[Submission], roster: Gradebook, members: Mapping[str, Sequence[Row]]
) -> _Claims:
    matched = match(
        replace(roster, rows=tuple(replace(row, group="") for row in roster.rows)), submissions
    )
    owners = {number: one.student for number, one in matched.submissions.items()}
    groups: dict[str, str] = {}
    for row in roster.rows:
        if row.group and row.number in owners:
            groups.setdefault(owners[row.number], row.group)
    letters: dict[str, list[str]] = defaultdict(list)
    for group in members:
        letters[_letters(group)].append(group)
    for submission in submissions:  # those that are called as the group itself
        if submission.student in groups:
            continue
        names = [person.name for person in submission.people] or [submission.student]
        named = {group for name in names for group in letters.get(_letters(name), ())}
        if len(named) == 1:
            groups[submission.student] = named.pop()
    return _Claims(owners, groups)


def _without(rows: Iterable[Row], owners: Mapping[int, str]) -> list[Row]:
    return [row for row in rows if row.number not in owners]


def _shared(
    found: Collected,
    members: Mapping[str, Sequence[Row]],
    whole: Mapping[str, Submission],
    owners: Mapping[int, str],
) -> Grouped:
    """Return the class in which the hand-ins in `whole`, by group, have all members as authors."""
    changed: dict[str, Submission] = {}
    others: dict[str, tuple[str, ...]] = {}
    for group, submission in whole.items():
        own = [row for row in members[group] if owners.get(row.number) == submission.student]
        rest = _without(members[group], owners)
        # What is called as the group itself has no member's name: the group is nobody.
        authors = (submission.people or tuple(map(_person, own))) if own else ()
        people = (*authors, *map(_person, rest))
        changed[submission.student] = replace(submission, people=people, group=group)
        if rest:
            others[submission.student] = tuple(map(_student, rest))
    submissions = tuple(changed.get(one.student, one) for one in found.submissions)
    return Grouped(replace(found, submissions=submissions), others)


def _student(row: Row) -> str:
    """What the student would be called, had they handed in themselves."""
    found = dict(row.keys)
    return found.get("canvas") or found.get("moodle") or row.label


def _person(row: Row) -> Person:
    found = dict(row.keys)
    system, kind = next(
        ((system, kind) for system, kind in _SYSTEMS if kind in found), ("", "login")
    )
    return Person(system, found.get(kind, ""), row.name, found.get("email", ""))


_SYSTEMS = (
    ("canvas", "canvas"),
    ("moodle", "moodle"),
    ("gradescope", "sis"),
    ("brightspace", "org"),
)


def _same(handed_in: Sequence[Submission]) -> bool:
    """Whether all of them hold the same bytes: some systems give each member a copy."""
    contents: set[bytes] = set()
    for submission in handed_in:
        try:
            contents |= {one.content for one in notebooks_in(submission.source)}
        except Unreadable:
            return False
    return len(contents) == 1


def _different(group: str, handed_in: Sequence[Submission], rest: Sequence[Row]) -> str:
    students = _listed([one.student for one in handed_in])
    told = (
        f"{one_line(group)}: {students} handed in different ones. Each of them has the mark of "
        "their own"
    )
    if rest:
        told += f", and {_labels(rest)} of none: decide whose counts for them"
    return f"{told}."


def _labels(rows: Iterable[Row]) -> str:
    return _listed([row.label for row in rows])


def _listed(names: Sequence[str]) -> str:
    shown = [one_line(name, 40) for name in names]
    if len(shown) > _MOST_LISTED:
        return f"{', '.join(shown[:_MOST_LISTED])} and {len(shown) - _MOST_LISTED} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _letters(text: str) -> str:
    """A name without what systems leave out of names of files."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


_MOST_LISTED = 8
