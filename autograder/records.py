"""What the engine passes from step to step: frozen records, no logic.

The order in which they come to be is the flow of the engine:
`Submission` (collect) → `Notebook` (notebook) → `CellRun`, `QuestionResult` (run, score) →
`Grade` (engine).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from autograder.sandbox.policy import Layer as Layer


class Ending(StrEnum):
    """How the run of a whole submission ended."""

    COMPLETED = "completed"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    CRASHED = "crashed"
    UNREADABLE = "unreadable"
    NOT_THIS_ASSIGNMENT = "not_this_assignment"
    GRADER_ERROR = "grader_error"


class Outcome(StrEnum):
    """How one check, cell or question ended. Only `GRADER_ERROR` is never the student's doing."""

    PASSED = "passed"
    FAILED = "failed"
    STUDENT_ERROR = "student_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    CRASHED = "crashed"
    GRADER_ERROR = "grader_error"


@dataclass(frozen=True)
class Person:
    """Whom a learning system names as author; used to find a row, never shown in a report."""

    system: str
    """'gradescope', 'canvas', 'moodle', …: an id of one means nothing in another."""
    id: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Submission:
    """One student's work, as found; not yet read."""

    student: str
    """Identity used in every report: the stem of the file or folder, or a learning system's id."""
    source: Path
    """The notebook, zip file or folder that was handed in."""
    problem: str = ""
    """Why it cannot be read, if that is known already: a sentence for student and instructor."""
    people: tuple[Person, ...] = ()
    """Its authors, more than one for a group; nobody where no learning system names them."""
    group: str = ""
    """The group whose hand-in it is, if a table of groups says so."""
    submitted: datetime | None = None
    """When it was handed in, with a time zone, if the learning system tells."""
    due: datetime | None = None
    """When it was due, with a time zone, if the learning system tells: extensions included."""
    marked_late: bool = False
    """The learning system says that it came late, though perhaps not by how much."""
    rivals: tuple[Path, ...] = ()
    """Other files of the same student that may be the notebook instead of `source`."""
    earlier: tuple[str, ...] = ()
    """Names of older attempts of the same student, which are not graded."""


@dataclass(frozen=True)
class Cell:
    """A code cell of a submitted notebook."""

    index: int
    """Place among all cells of the document, from 0."""
    source: str
    answers: str = ""
    """Id of the question whose answer cell this is, or ''."""
    checks: tuple[str, ...] = ()
    """Ids of the questions that this cell checks with `grader.check("...")`."""


@dataclass(frozen=True)
class Notebook:
    """A submission that could be read."""

    cells: tuple[Cell, ...]
    """The code cells, in order."""
    document: dict[str, Any]
    """The whole notebook in nbformat 4's JSON form, outputs removed."""
    repairs: tuple[str, ...] = ()
    """What had to be mended to read it: sentences for the student."""
    review: str = ""
    """Why a person should look at the whole: a sentence."""
    reviews: Mapping[str, str] = field(default_factory=dict[str, str])
    """Why a person should look at a question, by its id: sentences."""


@dataclass(frozen=True)
class CellRun:
    """What running one code cell gave."""

    index: int
    outcome: Outcome
    """`PASSED` when the cell ran to its end."""
    seconds: float
    message: str = ""
    """The error, or the reason of a stop, in words; '' when it passed."""
    outputs: tuple[dict[str, Any], ...] = ()
    """nbformat outputs, limited to plain text and PNG pictures."""


@dataclass(frozen=True)
class Isolation:
    """How student code was kept apart from everything else while it was graded."""

    tier: int
    """1, the strongest, to 5."""
    name: str
    """What the tier consists of, in words."""
    layers: tuple[Layer, ...]
    """Each protection, as it was tried from inside a sandbox."""
    shortfall: str = ""
    """Why this is weaker than required, so that the marks are for practice; '' if it is not."""


@dataclass(frozen=True)
class CaseResult:
    """One check of a question."""

    title: str
    hidden: bool
    points: float
    max_points: float
    outcome: Outcome
    message: str = ""
    """The cause of a failure, for the student; '' when it passed."""
    causes: tuple[str, ...] = ()
    """Ids of the known mistakes that explain the failure; more than one where the text says so."""
    symptom: str = ""
    """Id of what was seen, such as 'zeros' or 'raised', where the check says so."""
    place: tuple[int, int] | None = None
    """Cell, from 1, and line in it, from 1, that raised, where `message` does not show the line."""
    fault: str = ""
    """The traceback of a fault of ours, for the instructor: no report shows it to a student."""
    evidence: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the check measured and lets be seen, by name: numbers, texts, lists, dictionaries."""


def gravest(cases: tuple[CaseResult, ...]) -> Outcome:
    """The gravest outcome of `cases`, which is the outcome of their question."""
    return max((case.outcome for case in cases), key=list(Outcome).index, default=Outcome.PASSED)


@dataclass(frozen=True)
class ByHand:
    """The part of a question that a person marks."""

    worth: float
    answer: str = ""
    """What was handed in for it; '' for nothing."""
    points: float | None = None
    """None until somebody has marked it."""
    told: str = ""
    """For the student: what each criterion gave, and the comment."""

    @property
    def is_open(self) -> bool:
        """Whether somebody has yet to mark it."""
        return self.points is None and self.answer != ""


@dataclass(frozen=True)
class Decided:
    """What a person's decision has done to a grade."""

    kind: str
    who: str
    when: str
    why: str
    told: str
    """For the student: a sentence."""
    question: str = ""
    """The question it is about; '' for the whole."""
    before: float | None = None
    after: float | None = None


@dataclass(frozen=True)
class QuestionResult:
    """One question: the id names cell, check, gradebook column and report row."""

    question: str
    score: float
    max_score: float
    outcome: Outcome
    cases: tuple[CaseResult, ...]
    review: str = ""
    """Why a person should look at it, in words: the points stand until then; '' for no reason."""
    attempted: bool = True
    """False where nothing was written for it: that isn't a wrong answer."""
    by_hand: ByHand | None = None
    """What of it a person marks, on top of `max_score`."""
    engine_score: float | None = None
    """What the checks gave, where a decision has changed `score`."""
    counts: bool = True
    """False where a decision has dropped it or excused the student from it."""

    @property
    def worth(self) -> float:
        """All points that it can give: those of its checks and those that a person gives."""
        return self.max_score + (self.by_hand.worth if self.by_hand else 0.0)

    @property
    def at_fault(self) -> bool:
        """Whether the grader has failed at it, and nobody has said what it gives."""
        undecided = self.counts and self.engine_score is None
        return undecided and self.outcome is Outcome.GRADER_ERROR

    @property
    def open_points(self) -> float:
        """The points that a person has yet to give or refuse."""
        return self.by_hand.worth if self.by_hand and self.by_hand.is_open else 0.0

    @property
    def is_full(self) -> bool:
        """Whether nothing is lost: what a person has yet to mark isn't."""
        return self.score + self.open_points >= self.worth


@dataclass(frozen=True)
class Grade:
    """Everything that grading one submission gave."""

    student: str
    source: str
    """Name of the file or folder that was graded, without its folder."""
    ending: Ending
    message: str
    """What the ending means for this submission: '' when it completed."""
    score: float
    max_score: float
    questions: tuple[QuestionResult, ...]
    cells: tuple[CellRun, ...] = ()
    notes: tuple[str, ...] = ()
    """Repairs of the notebook, replays and the like: sentences for the student."""
    seconds: float = 0.0
    needs_review: bool = False
    """True when the marks are open until a person has looked: `review` and the questions' say why,
    or the ending does."""
    review: str = ""
    """Why a person should look at the whole, as a sentence; '' if nobody needs to."""
    late_deduction: float = 0.0
    """Points that the late policy takes from `score`, which is what the work itself earned."""
    added_after: float = 0.0
    """Points that decisions give or take after the late policy."""
    engine_score: float | None = None
    """What the checks alone gave, where decisions have changed it."""
    decided: tuple[Decided, ...] = ()
    """What people's decisions have done to it."""
    to_decide: tuple[str, ...] = ()
    """What a person should decide though the marks stand: sentences for the instructor."""
    excused: bool = False
    """The student need not hand in: the grade counts nowhere."""
    withheld: bool = False
    """A person holds the mark back, and all that would tell it."""
    isolation: Isolation | None = None
    """None where it was not looked at: the kit's own notebooks are no danger."""
    peak_megabytes: float | None = None
    """The most memory of its own, of all its processes together, that the notebook held at a time.

    Python and the libraries, which all sandboxes share, are not in it. None where nobody keeps
    count (macOS), where nothing was run, and in records of earlier versions.
    """
    fault: str = ""
    """The traceback of a fault of ours, for the instructor: no report shows it to a student."""

    @property
    def total_decided(self) -> bool:
        """Whether a person has said what the total is, or that it stands as it is."""
        return any(
            each.kind in ("override", "accept") and not each.question for each in self.decided
        )

    @property
    def open_points(self) -> float:
        """The points that nobody has given or refused yet, of the parts that people mark."""
        return sum(each.open_points for each in self.questions if each.counts)
