"""What people read of a class, written from its store: pages, results and the gradebook."""

from pathlib import Path

from autograder.classroom.showing import Showing, stamp, standing
from autograder.records import Grade, Submission
from autograder.reports.gradebook import gradebook
from autograder.reports.gradescope import results
from autograder.store.decisions.reading import decisions_text, read_decisions, unknown_students
from autograder.store.kept import Kept, for_tables
from autograder.store.store import EXECUTED, STUDENTS, Store, in_order
from autograder.store.writing import as_json

GRADEBOOK = "gradebook.csv"
_WRITTEN = ("feedback.html", "results.json")


class Views:
    """The files of a class in `store`, shown as `showing` says. For many threads, as the store."""

    def __init__(
        self, store: Store, showing: Showing | None = None, decided_in: Path | None = None
    ) -> None:
        """Read what people have decided, in the class's folder or in `decided_in`.

        Raises `DecisionError`.
        """
        self._decided_in = decided_in or store.folder
        self.store = store
        self.showing = showing or Showing()
        self.decisions = read_decisions(self._decided_in, self.showing.known)
        self._table: dict[str, Grade] | None = None
        self._members: dict[str, tuple[str, ...]] = {}

    def table(self) -> list[Grade]:
        """Return the grades that count, in order, without what only a student's page needs."""
        table = self._by_student()
        return [table[student] for student in sorted(table, key=in_order)]

    def _by_student(self) -> dict[str, Grade]:
        if self._table is None:
            found = list(self.store.everybody(light=True))
            self._members = {
                kept.student: kept.attempt.members for kept in found if kept.attempt.members
            }
            self._table = {kept.student: self._for_table(kept) for kept in found}
        return self._table

    def _for_table(self, kept: Kept) -> Grade:
        return for_tables(standing(kept, self.showing, self.decisions))

    def remarks(self) -> list[str]:
        """Return sentences on decisions that concern nobody in the class."""
        return list(unknown_students(self.decisions, self.store.students()))

    def handed_in(self) -> list[Submission]:
        """Return the hand-ins of everybody in the class, for whoever looks for their authors."""
        found = self.store.everybody(light=True)
        return [kept.attempt.as_submission(kept.student) for kept in found]

    def write_student(self, student: str) -> Grade:
        """Write the files of one student, who has a grade; return what stands in the tables."""
        # Here and not above: the first submission need not wait for what drawing imports.
        from autograder.reports.feedback import page

        kept = self.store.kept(student)
        assert kept is not None
        grade = standing(kept, self.showing, self.decisions)
        executed = (self.store.directory_for(kept) / EXECUTED).is_file()
        shown = page(grade, self.showing.title, self.showing.titles, executed=executed)
        report = as_json(results(grade, shown=self.showing.gradescope))
        for name, content in zip(_WRITTEN, (shown, report), strict=True):
            self.store.write_file(f"{STUDENTS}/{kept.folder}/{name}", content)
        self.store.set_shown(student, stamp(kept, self.showing, self.decisions))
        row = for_tables(grade)
        self._by_student()[student] = row
        if kept.attempt.members:
            self._members[student] = kept.attempt.members
        return row

    def write_gradebook(self) -> Path:
        """Write `gradebook.csv`, whole, and return its path."""
        content = gradebook(
            self.table(),
            self.showing.questions,
            late_policy=self.showing.late is not None,
            others=self._members,
        )
        return self.store.write_file(GRADEBOOK, content)

    def refresh(self) -> list[str]:
        """Write whatever isn't as the store and the settings have it now; return whose files."""
        self.decisions = read_decisions(self._decided_in, self.showing.known)
        self.store.keep_decisions(decisions_text(self.store.folder))
        self._table = None
        shown, written = self.store.shown(), list[str]()
        for kept in self.store.everybody(light=True):
            folder = self.store.directory_for(kept)
            complete = all((folder / name).is_file() for name in _WRITTEN)
            if not complete or shown[kept.student] != stamp(kept, self.showing, self.decisions):
                self.write_student(kept.student)
                written.append(kept.student)
        self.write_gradebook()
        return written
