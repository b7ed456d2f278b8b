"""Brightspace's (D2L's) download of a dropbox: a folder, or files, for each hand-in.

    <id> - <name> - <date>/<file>        139447-1089 - Student One - Nov 20, 2026 1011 AM/cnn.ipynb
    index.html                           a list for browsers

An id with a dash is Brightspace's own, which no export has; any other is the OrgDefinedId.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.intake.lms.attempts import Upload
from autograder.intake.lms.collected import Collected, files_in
from autograder.intake.lms.gathering import Entry, gather
from autograder.records import Person

LAYOUT = "Brightspace download"
_NAMED = re.compile(
    r"(?P<id>[A-Za-z]?\d[\w.-]*) - (?P<name>.+?) - (?P<date>[^-]*\d[^-]*?)(?: - (?P<original>.+))?",
    re.DOTALL,
)
_INDEX = "index.html"
_MONTHS: Mapping[str, int] = {
    start: number
    for number, line in enumerate(
        (
            *(
                "jan ene gen",
                "feb fév fev",
                "mar mär maa mrt",
                "apr avr abr",
                "may mai mei mag maj",
            ),
            *("jun juin giu", "jul juil lug", "aug aoû aou ago", "sep set", "oct okt out ott"),
            *("nov", "dec déc dez dic"),
        ),
        start=1,
    )
    for start in line.split()
}
"""How the months' names begin in languages in which Brightspace is used."""


def recognises(names: Sequence[str]) -> bool:
    """Whether at least half of a folder's entries are named as Brightspace names them."""
    own = [name for name in names if name.lower() != _INDEX]
    matching = sum(_NAMED.fullmatch(name) is not None for name in own)
    return matching > 0 and 2 * matching >= len(own)


def read(folder: Path) -> Collected:
    """The submissions in a Brightspace download; the student's id is the one in the name."""

    def entry(path: Path) -> Entry | None:
        parts = _NAMED.fullmatch(path.name)
        if parts is None:
            return None
        known = "" if "-" in parts["id"] else parts["id"]
        person = Person("brightspace", known, parts["name"])
        return Entry(parts["id"], person, _when(parts["date"]), _uploads(path, parts["original"]))

    found = gather(folder, LAYOUT, entry)
    submissions = tuple(one for one in found.submissions if one.source.name.lower() != _INDEX)
    remarks = tuple(remark for remark in found.remarks if not remark.startswith(_INDEX))
    return Collected(LAYOUT, submissions, remarks)


def _uploads(path: Path, original: str | None) -> tuple[Upload, ...]:
    if inside := files_in(path):
        return tuple(Upload(file, file.name) for file in inside)
    return (Upload(path, original or path.name),)


def _when(date: str) -> str:
    """The date in a form that sorts; as it stands where it is in no known form."""
    words = [word.casefold() for word in re.findall(r"\d+|[^\W\d]+", date)]
    months = [number for word in words if (number := _month(word))]
    year = next((place for place, word in enumerate(words) if re.fullmatch(r"20\d\d", word)), None)
    days = [word for word in words[:year] if word.isdecimal()]
    if year is None or not months or not days:
        return date
    clock = "".join(word.rjust(2, "0") for word in words[year + 1 :] if word.isdecimal())
    hour, minute = int(clock[:-2] or 0), int(clock[-2:] or 0)
    if {"pm", "p"} & {*words[year:]} and hour < 12:
        hour += 12
    elif {"am", "a"} & {*words[year:]} and hour == 12:
        hour = 0
    return f"{words[year]}-{months[0]:02}-{int(days[0]):02}T{hour:02}:{minute:02}"


def _month(word: str) -> int:
    return _MONTHS.get(word[:4]) or _MONTHS.get(word[:3], 0)
