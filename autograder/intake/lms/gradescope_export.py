"""Gradescope's "Export submissions": a folder for each submission, and who it belongs to in YAML.

    assignment_<id>_export/submission_metadata.yml
    assignment_<id>_export/submission_<id>/<the student's files>

The YAML was written by a Ruby program: its keys are symbols (`:submitters:`).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import yaml

from autograder.files import NotOrdinary, is_file
from autograder.files import read as read_file
from autograder.intake.folder import CollectError, as_submission, with_distinct_students
from autograder.intake.lms.collected import Collected, older, unmatched, visible_entries
from autograder.intake.lms.times import moment
from autograder.plain_text import one_line
from autograder.records import Person, Submission

LAYOUT = "Gradescope export"
METADATA = "submission_metadata.yml"
_MAX_METADATA_BYTES = 200_000_000
_NUMBERED = re.compile(r"submission_\d+")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
# Takes every scalar as text and ignores tags: no symbol, no Ruby object, no octal student id.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def recognises(names: Sequence[str]) -> bool:
    """Whether a folder with these entries is Gradescope's export, its metadata perhaps missing."""
    numbered = sum(_NUMBERED.fullmatch(name) is not None for name in names)
    return METADATA in names or (numbered > 0 and 2 * numbered >= len(names))


def read(folder: Path) -> Collected:
    """The submissions in an export. Raises `CollectError` when its metadata cannot be used."""
    metadata = _metadata(folder / METADATA)
    entries = {path.name: path for path in visible_entries(folder) if path.name != METADATA}
    people = {key: _people(value) for key, value in metadata.items()}
    logins = Counter(p.email.split("@")[0] for group in people.values() for p in set(group))
    found: list[Submission] = []
    remarks: list[str] = []
    for key, value in metadata.items():
        if key not in entries:
            remarks.append(f"{one_line(key)} stands in {METADATA}, but has no folder: not graded.")
            continue
        student = _student(people[key], logins) or key
        submission = as_submission(entries.pop(key))
        if submission:
            time = moment(value.get("created_at"))
            submission = replace(submission, student=student, people=people[key], submitted=time)
            found.append(submission)
    foreign, more = unmatched(entries.values(), "the export's metadata")
    found = _newest(found)
    remarks += [older(one) for one in found if one.earlier] + more + _in_two(found)
    return Collected(LAYOUT, tuple(with_distinct_students([*found, *foreign])), tuple(remarks))


def _metadata(path: Path) -> dict[str, dict[str, Any]]:
    """What is said of each submission, by the name of its folder."""
    where = f"{path.parent.name}/{path.name}"
    if not is_file(path):
        raise CollectError(
            f"This is an export of Gradescope's, but {where} is missing: nobody can tell whose "
            "submissions they are. Take the whole export, as it was downloaded."
        )
    try:
        document: Any = yaml.load(read_file(path, "", _MAX_METADATA_BYTES), Loader=_LOADER)
    except (OSError, NotOrdinary, ValueError, RecursionError, yaml.YAMLError):
        document = None
    loaded = _without_symbols(document)
    if not loaded or not all(isinstance(value, dict) for value in loaded.values()):
        raise CollectError(
            f"{where} is not as Gradescope writes it (submission_<number>: with :submitters: "
            "below). Download the export again."
        )
    return {key: _without_symbols(value) for key, value in loaded.items()}


def _without_symbols(value: Any) -> dict[str, Any]:
    """A mapping's content, its keys without the colon in front."""
    if not isinstance(value, dict):
        return {}
    mapping = cast("Mapping[Any, Any]", value)
    return {str(key).removeprefix(":"): content for key, content in mapping.items()}


def _people(submission: Mapping[str, Any]) -> tuple[Person, ...]:
    listed = submission.get("submitters")
    members = cast("list[Any]", listed) if isinstance(listed, list) else []
    people: list[Person] = []
    for member in map(_without_symbols, members):
        sid, name, email = (_text(member.get(key)) for key in ("sid", "name", "email"))
        if sid or name or email:
            people.append(Person("gradescope", sid, name, email.lower()))
    return tuple(people)


def _text(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return "" if text in ("~", "null") else text


def _student(people: Sequence[Person], logins: Mapping[str, int]) -> str:
    """The members' student numbers or logins, joined; '' if one of them has neither."""
    ids = [person.id or _login(person, logins) for person in people]
    return "+".join(sorted(ids)) if all(ids) else ""


def _login(person: Person, logins: Mapping[str, int]) -> str:
    login = person.email.split("@")[0]
    return login if logins[login] == 1 else ""


def _newest(submissions: Sequence[Submission]) -> list[Submission]:
    """Of several submissions by the same people, the one that came last."""
    by_people: dict[frozenset[Person] | str, list[Submission]] = defaultdict(list)
    for one in submissions:
        by_people[frozenset(one.people) or one.source.name].append(one)
    kept: list[Submission] = []
    for group in by_people.values():
        *earlier, last = sorted(group, key=lambda one: one.submitted or _LONG_AGO)
        kept.append(replace(last, earlier=tuple(one.source.name for one in earlier)))
    return kept


def _in_two(submissions: Sequence[Submission]) -> list[str]:
    """A sentence for each person who still has more than one submission."""
    places: dict[Person, list[str]] = defaultdict(list)
    for one in submissions:
        for person in one.people:
            places[person].append(one.source.name)
    return [
        f"{one_line(person.id or person.email)} belongs to {', '.join(names)}: all are graded."
        for person, names in places.items()
        if len(names) > 1
    ]
