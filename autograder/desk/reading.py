"""The class as it stands, kept in memory: a page of the desk reads only what has changed."""

import gc
import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from autograder.classroom.regrade.changes import Change, changes
from autograder.classroom.showing import Showing, standing
from autograder.course.late import final_score
from autograder.records import Grade, QuestionResult
from autograder.reports.gradebook import question_ids
from autograder.reports.words import titled
from autograder.similarity.answers import answers_in
from autograder.similarity.identical import Alike, same_answers
from autograder.store.decisions.model import Decision, Decisions, Withdrawal
from autograder.store.decisions.reading import decisions_text, read_decisions
from autograder.store.decisions.writing import add_decisions, withdraw
from autograder.store.kept import Attempt, Kept
from autograder.store.store import EXECUTED, STUDENTS, Store
from autograder.store.writing import StoreError


@dataclass(frozen=True)
class Seen:
    """One student of the class."""

    student: str
    folder: str
    """Names the student in addresses: harmless, as the name of their folder."""
    attempt: Attempt
    grade: Grade
    """As it counts; without outputs of cells and without what pictures are drawn from."""
    answers: Mapping[str, str]
    """The answer cells of the graded notebook, by question."""
    graded: str
    run: int

    @cached_property
    def key(self) -> str:
        """Names the student where their name is to be hidden."""
        return hashlib.sha256(self.folder.encode()).hexdigest()[:16]

    @cached_property
    def results(self) -> dict[str, QuestionResult]:
        """The questions by id."""
        return {result.question: result for result in self.grade.questions}


@dataclass(frozen=True)
class Likeness:
    """Who has the same answers. It takes long, and no decision changes it."""

    answers: Mapping[str, Mapping[str, str]]
    """By the students' folders, then by question."""
    starter: Mapping[str, str]
    """What the answer cells of the released notebook hold."""

    @cached_property
    def groups(self) -> tuple[Alike, ...]:
        """Groups with the same answers; students are named by folder."""
        return same_answers(self.answers, self.starter)


@dataclass(frozen=True)
class ClassSeen:
    """A class at one moment."""

    showing: Showing
    students: tuple[Seen, ...]
    likeness: Likeness
    decisions: Decisions

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """In the order of tables."""
        return self.showing.questions or question_ids([each.grade for each in self.students])

    @cached_property
    def by_folder(self) -> dict[str, Seen]:
        """The students by the names that addresses have for them."""
        return {each.folder: each for each in self.students}

    @cached_property
    def by_key(self) -> dict[str, Seen]:
        """The students by the names that they have where theirs are hidden."""
        return {each.key: each for each in self.students}

    def title(self, question: str) -> str:
        """Return what a question is called, as in "q8 · SimpleCNN"."""
        return titled(question, self.showing.titles)


class Reader:
    """Reads a class, again and again. Several threads may use one."""

    def __init__(self, store: Store, showing: Showing, release: Path) -> None:
        """`release` is the notebook that students start from."""
        self.store, self.showing = store, showing
        self._starter = answers_in(release) or {}
        self._lock = threading.Lock()
        self._versions: dict[str, str] = {}
        self._read: dict[str, tuple[Kept, Mapping[str, str]]] = {}
        self._decided, self._decisions = "", Decisions()
        self._likeness = Likeness({}, self._starter)
        self._seen: ClassSeen | None = None

    def now(self) -> ClassSeen:
        """Return the class as it stands. Raises `StoreError` where nobody has a grade.

        The same error tells what is wrong in the file of decisions.
        """
        with self._lock:
            versions, decided = self.store.versions(), decisions_text(self.store.folder)
            if self._seen is None or (versions, decided) != (self._versions, self._decided):
                self._seen = None  # where a decision can't be read, the next page tries again
                self._decisions = read_decisions(self.store.folder, self.showing.known)
                self._refresh(versions)
                self._versions, self._decided = versions, decided
                self._seen = self._class()
            return self._seen

    def warm(self) -> None:
        """Read and compare everything, so that no page waits for it."""
        _ = self.now().likeness.groups
        gc.collect()
        gc.freeze()  # a class fills the memory, and looking through it for garbage takes long

    def _refresh(self, versions: Mapping[str, str]) -> None:
        for student, version in versions.items():
            if self._versions.get(student) != version or student not in self._read:
                kept = self.store.kept(student)
                if kept is None:  # damaged: the next run grades them again
                    self._read.pop(student, None)
                    continue
                notebook = self.store.directory_for(kept) / EXECUTED
                self._read[student] = (
                    replace(kept, grade=_slim(kept.grade)),
                    (answers_in(notebook) or {}) if notebook.is_file() else {},
                )
        for student in self._read.keys() - versions.keys():
            del self._read[student]
        answers = {kept.folder: answers for kept, answers in self._read.values()}
        if answers != self._likeness.answers:
            self._likeness = Likeness(answers, self._starter)

    def _class(self) -> ClassSeen:
        students = tuple(
            self._one(*self._read[student])
            for student in self.store.students()
            if student in self._read
        )
        if not students:
            raise StoreError(
                f"{self.store.folder} holds no grades. Grade the class first: make grade"
            )
        return ClassSeen(self.showing, students, self._likeness, self._decisions)

    def _one(self, kept: Kept, answers: Mapping[str, str]) -> Seen:
        grade = standing(kept, self.showing, self._decisions)
        return Seen(kept.student, kept.folder, kept.attempt, grade, answers, kept.graded, kept.run)

    def decide(self, *decisions: Decision) -> None:
        """Add `decisions` to the class's, or none. Raises `StoreError` where one can't be used."""
        add_decisions(self.store.folder, decisions, self.showing.known)

    def take_back(self, line: int, stamp: str, withdrawal: Withdrawal) -> None:
        """Take back the decision in this `line` of the file, if it is the one with this `stamp`."""
        found = [each for each in self.now().decisions.standing if each.line == line]
        if not found or stamp_of(found[0]) != stamp:
            raise StoreError("This decision has moved or was taken back: load the page again.")
        withdraw(self.store.folder, line, withdrawal, self.showing.known)

    def moved_by(self, decision: Decision) -> list[tuple[Seen, float, float]]:
        """Return whose total `decision` would change, from what to what."""
        seen = self.now()
        more = Decisions((*seen.decisions.every, decision))
        found: list[tuple[Seen, float, float]] = []
        for student in seen.students:
            kept, _ = self._read[student.student]
            before = final_score(student.grade)
            after = final_score(standing(kept, self.showing, more))
            if before != after:
                found.append((student, before, after))
        return found

    def has_notebook(self, seen: Seen) -> bool:
        """Say whether there is a notebook that could be run again."""
        return (self.store.folder / STUDENTS / seen.folder / EXECUTED).is_file()

    def change(self, before: Kept, grade: Grade) -> Change | None:
        """Return how what counts for a student would change with this `grade`; None for not."""
        pair = (
            standing(each, self.showing, self._decisions)
            for each in (before, replace(before, grade=grade))
        )
        return next(iter(changes(*([each] for each in pair))), None)

    def whole(self, seen: Seen) -> Grade:
        """Return the grade as it counts with all that its pictures are drawn from."""
        kept = self.store.kept(seen.student)
        return standing(kept, self.showing, self._decisions) if kept else seen.grade


def stamp_of(decision: Decision) -> str:
    """Return what stands for one decision; it tells nothing of it."""
    parts = (decision.kind, decision.who, decision.student, decision.question)
    made = "\0".join((*parts, decision.when.isoformat()))
    return hashlib.sha256(made.encode("utf-8", "replace")).hexdigest()[:16]


def _slim(grade: Grade) -> Grade:
    """Return `grade` without what would fill the memory: a class has a thousand."""
    questions = tuple(
        replace(result, cases=tuple(replace(case, evidence={}) for case in result.cases))
        for result in grade.questions
    )
    return replace(
        grade, questions=questions, cells=tuple(replace(cell, outputs=()) for cell in grade.cells)
    )
