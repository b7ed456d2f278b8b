"""What people read of a class, written from its store: pages, results and the gradebook."""

from pathlib import Path

from autograder.classroom.kept import Kept, for_tables
from autograder.classroom.showing import Showing, stamp, standing
from autograder.classroom.store import EXECUTED, Store, in_order
from autograder.classroom.writing import as_json
from autograder.records import Grade, Submission
from autograder.reports.feedback import page
from autograder.reports.gradebook import gradebook
from autograder.reports.gradescope import results

GRADEBOOK = "gradebook.csv"
_WRITTEN = ("feedback.html", "results.json")


class Views:
    """The files of a class in `store`, shown as `showing` says. For many threads, as the store."""

    def __init__(self, store: Store, showing: Showing | None = None) -> None:
        self.store = store
        self.showing = showing or Showing()
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
        return for_tables(standing(kept, self.showing))

    def handed_in(self) -> list[Submission]:
        """Return the hand-ins of everybody in the class, for whoever looks for their authors."""
        found = self.store.everybody(light=True)
        return [kept.attempt.as_submission(kept.student) for kept in found]

    def write_student(self, student: str) -> Grade:
        """Write the files of one student, who has a grade; return what stands in the tables."""
        kept = self.store.kept(student)
        assert kept is not None
        grade = standing(kept, self.showing)
        executed = (self.store.directory_for(kept) / EXECUTED).is_file()
        shown = page(grade, self.showing.title, self.showing.titles, executed=executed)
        report = as_json(results(grade, shown=self.showing.gradescope))
        for name, content in zip(_WRITTEN, (shown, report), strict=True):
            self.store.write_for(student, name, content)
        self.store.set_shown(student, stamp(kept, self.showing))
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
        self._table = None
        shown, written = self.store.shown(), list[str]()
        for kept in self.store.everybody(light=True):
            folder = self.store.directory_for(kept)
            complete = all((folder / name).is_file() for name in _WRITTEN)
            if not complete or shown[kept.student] != stamp(kept, self.showing):
                self.write_student(kept.student)
                written.append(kept.student)
        self.write_gradebook()
        return written
