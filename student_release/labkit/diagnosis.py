"""A diagnosis: what is wrong with an answer, as data. A check raises it as its `AssertionError`.

A *cause* is a mistake that explains everything that was seen. A *symptom* is what was seen:
zeros, a wrong shape, an exception. Both have an id, by which reports count and `make verify`
judges.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Cause:
    """A known mistake."""

    id: str
    """Short and stable, unique within its question: 'kernel_flipped'."""
    text: str
    """What the student did and, where it helps, what is asked instead; without a final stop."""


@dataclass(frozen=True)
class Place:
    """Where in the student's code something happened."""

    line: int
    """From 1, within the cell."""
    cell: int = 0
    """Number of the cell, from 1; 0 where it is not known."""
    code: str = ""
    """The line itself; '' where it is not known."""


@dataclass(frozen=True)
class Diagnosis:
    """Why a check fails."""

    text: str
    """The sentences for the student."""
    causes: tuple[str, ...] = ()
    """Ids of the causes that fit: more than one only where the text names them all."""
    symptom: str = ""
    """Id of what was seen, where the text tells it."""
    place: Place | None = None


class CheckFailed(AssertionError):
    """A check's verdict. As text, and so under stock otter, it is the diagnosis's text."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        super().__init__(diagnosis.text)
        self.diagnosis = diagnosis

    def __reduce__(self) -> tuple[type["CheckFailed"], tuple[Diagnosis]]:
        return CheckFailed, (self.diagnosis,)


def fail(diagnosis: Diagnosis | None) -> None:
    """Raise `diagnosis` as the check's verdict; do nothing for None."""
    if diagnosis is not None:
        raise CheckFailed(diagnosis)


def caused(question: str, cause: Cause, seen_on: str = "") -> Diagnosis:
    """The diagnosis that names one cause."""
    return Diagnosis(sentence(question, cause.text, seen_on), (cause.id,))


def one_of(question: str, causes: Sequence[Cause], otherwise: str, seen_on: str = "") -> Diagnosis:
    """The diagnosis that names every cause in `causes`; the sentence `otherwise` for none of them.

    For numbers, which several mistakes may reach: all that fit are told in one sentence.
    """
    different = list({cause.id: cause for cause in causes}.values())
    texts = list(dict.fromkeys(cause.text for cause in different))
    if not texts:
        return Diagnosis(sentence(question, otherwise, seen_on))
    told = texts[0] if len(texts) == 1 else f"several mistakes lead to this: {'; or '.join(texts)}"
    return Diagnosis(sentence(question, told, seen_on), tuple(cause.id for cause in different))


def sentence(question: str, problem: str, seen_on: str = "") -> str:
    """`problem` as students read it: with the question's id, a stop, and the input in words."""
    stop = "" if problem.endswith(("?", ".", "!")) else "."
    return f"{question}: {problem}{stop}" + (f" (Seen on {seen_on}.)" if seen_on else "")


def with_text(diagnosis: Diagnosis, more: str) -> Diagnosis:
    """`diagnosis` with `more` below its text."""
    return replace(diagnosis, text=f"{diagnosis.text}\n{more}")
