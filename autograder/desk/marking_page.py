"""What the page for marking by hand shows: all answers to one question, below one another."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from autograder.desk.reading import ClassSeen, Seen, stamp_of
from autograder.records import ByHand
from autograder.store.decisions.model import Decision, Kind

_LONGEST = 40


@dataclass(frozen=True)
class View:
    """How a person wants to see the answers."""

    blind: bool = False
    """Without names, in an order of its own that stays the same."""
    left: bool = False
    """Only those that nobody has marked."""
    part: int = 1
    parts: int = 1
    """How many share the work; this one takes every `parts`-th answer, beginning with `part`."""
    first: str = ""
    last: str = ""
    """Only students whose names begin with something from `first` to `last`; '' for no end."""

    @property
    def query(self) -> str:
        """The end of an address that shows the page so again."""
        given = {**asdict(self), "blind": int(self.blind), "left": int(self.left)}
        return "?" + urlencode(given)

    def shared(self, place: int, people: int) -> "View":
        """Return what is left for one of so many people who share the work, from 1."""
        return replace(self, part=place, parts=people)

    def takes(self, student: str) -> bool:
        """Say whether the student's name lies between the two ends."""
        name, first, last = (text.casefold() for text in (student, self.first, self.last))
        return name[: len(first)] >= first and (not last or name[: len(last)] <= last)


@dataclass(frozen=True)
class ToMark:
    """One answer."""

    number: int
    """From 1, in the order of the whole class."""
    student: Seen
    part: ByHand
    mark: Decision | None
    """The mark that stands."""

    @property
    def points(self) -> Mapping[str, float]:
        """The points that stand, by criterion."""
        return self.mark.criteria if self.mark else {}

    @property
    def stamp(self) -> str:
        """Stands for the mark that stands, so that nobody replaces one unseen."""
        return stamp_of(self.mark) if self.mark else ""


def view_of(query: Mapping[str, str]) -> View:
    """Return what an address asks for; what makes no sense in it is left out."""
    parts = min(max(_whole(query.get("parts", "")), 1), 50)
    part = min(max(_whole(query.get("part", "")), 1), parts)
    first, last = (query.get(end, "").strip()[:_LONGEST] for end in ("first", "last"))
    return View(query.get("blind") == "1", query.get("left") == "1", part, parts, first, last)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 1


def to_mark(seen: ClassSeen, question: str, view: View) -> list[ToMark]:
    """Return the answers to `question` that were handed in, as `view` wants them."""
    marks = standing_marks(seen, question)
    found = [
        (student, part)
        for student in seen.students
        if (result := student.results.get(question)) and (part := result.by_hand) and part.answer
    ]
    if view.blind:
        found.sort(key=lambda pair: shuffled(question, pair[0].key))
    numbered = [
        ToMark(number, student, part, marks.get(student.student))
        for number, (student, part) in enumerate(found, start=1)
    ]
    named = [each for each in numbered if view.takes(each.student.student)]
    mine = named[view.part - 1 :: view.parts]
    return [each for each in mine if each.part.is_open or not view.left]


def shuffled(question: str, key: str) -> str:
    """Return where a student stands in the shuffled order: another place in each question."""
    return hashlib.sha256(f"{question} {key}".encode()).hexdigest()


def standing_marks(seen: ClassSeen, question: str) -> dict[str, Decision]:
    """Return the last mark of each student for `question` that nobody has taken back."""
    marks = [each for each in seen.decisions.standing if each.kind is Kind.MARK]
    return {each.student: each for each in marks if each.question == question}


def comments(decisions: Sequence[Decision], question: str, most: int = 40) -> list[str]:
    """Return the comments on `question` that were used before, the commonest first."""
    used = Counter(each.comment for each in decisions if each.question == question and each.comment)
    return [comment for comment, _ in used.most_common(most)]
