"""The store of a class: every student, attempt, grade and run, in one database.

It renders nothing: what people read is written from it by `autograder.classroom.views`. Earlier
grades are kept as differences from the ones that replaced them.
"""

import dataclasses
import json
import sqlite3
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.records import Grade, Submission
from autograder.store.basis import Basis
from autograder.store.database import DATABASE, open_database, told, transaction
from autograder.store.folders import free_name
from autograder.store.kept import Attempt, Earlier, Kept, Run, now, plain, with_outputs
from autograder.store.rows import (
    KEPT,
    insert_decided,
    insert_run,
    read_decided,
    read_earlier,
    read_kept,
    read_outputs,
    read_runs,
    read_versions,
    save_grade,
)
from autograder.store.takeover import former_class, put_former_away
from autograder.store.writing import as_json, explained, write_whole

EXECUTED, STUDENTS = "executed.ipynb", "students"


class Store:
    """Keeps a class below `folder`. Several threads may use one store.

    Nothing is made before something is kept. Every method may raise `StoreError`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._open: sqlite3.Connection | None = None
        self._folders: dict[str, str] = {}
        self._run: Run | None = None

    # Students and their folders

    def reserve(self, students: Iterable[str]) -> None:
        """Name the students' folders, so that the names don't depend on who is graded first."""
        for student in sorted(set(students)):
            self.folder_of(student)

    def folder_of(self, student: str) -> str:
        """Return the name of the student's folder; nothing is created."""
        with self._lock:
            self._database()
            if student not in self._folders:
                self._folders[student] = free_name(student, self._folders.values())
            return self._folders[student]

    def directory_for(self, item: Grade | Submission | Kept) -> Path:
        """Return the student's own folder; nothing is created."""
        return self.folder / STUDENTS / self.folder_of(item.student)

    # What is kept

    def exists(self) -> bool:
        """Say whether the folder holds a class, of this or of an earlier version of the kit."""
        return self._database() is not None

    def students(self) -> tuple[str, ...]:
        """Return everybody who has a grade, in the order of their ids."""
        rows = self._rows("SELECT student FROM students WHERE grade IS NOT NULL")
        return tuple(sorted((json.loads(name) for (name,) in rows), key=in_order))

    def kept(self, student: str) -> Kept | None:
        """Return what is kept of one student; None for who has no grade, or a damaged one."""
        query = f"{KEPT.format(grade='grades.grade')} WHERE students.student = ?"
        return next(self._kept(query, as_json(student, None)), None)

    def everybody(self, *, light: bool = False) -> Iterator[Kept]:
        """Yield everybody who has a grade, in order; `light` leaves out checks, cells and notes."""
        query = KEPT.format(grade="grades.summary" if light else "grades.grade")
        places = {student: place for place, student in enumerate(self.students())}
        if light:
            yield from sorted(self._kept(query), key=lambda kept: places[kept.student])
            return
        for student in places:  # one at a time: whole grades of a class would fill the memory
            if kept := self.kept(student):
                yield kept

    def versions(self) -> dict[str, str]:
        """Return, by student, what stands for the present grade and all that is known of it."""
        with self._reading() as database:
            return read_versions(database) if database else {}

    def whole_grade(self, student: str) -> Grade | None:
        """Return the student's grade with the outputs of all cells, as the engine gave it."""
        kept = self.kept(student)
        with self._reading() as database:
            outputs = read_outputs(database, student) if kept and database else []
        return with_outputs(kept.grade, outputs) if kept else None

    def earlier(self, student: str) -> tuple[Earlier, ...]:
        """Return the grades that the student had before, the latest first."""
        with self._reading() as database:
            return tuple(read_earlier(database, student)) if database else ()

    def runs(self) -> tuple[Run, ...]:
        """Return every run that has graded somebody, the first one first."""
        with self._reading() as database:
            return read_runs(database) if database else ()

    # Keeping

    def begin(self, run: Run) -> None:
        """Take grades that are saved from now on as made by `run`."""
        self._run = dataclasses.replace(run, started=run.started or now(), number=0)

    def save(self, grade: Grade, attempt: Attempt, executed: dict[str, Any] | None) -> None:
        """Keep `grade` of `attempt`, and the notebook as it ran; None if there was none to run.

        The student's other files are out of date until `autograder.classroom.views` writes them.
        """
        directory = self.directory_for(grade)
        notebook = directory / EXECUTED
        with explained(directory):
            directory.mkdir(parents=True, exist_ok=True)
            if executed is not None:  # before the grade: what is graded has its notebook
                write_whole(notebook, as_json(executed))
        with self._changing() as database:
            save_grade(database, grade, attempt, directory.name, self._run_number(database, grade))
        if executed is None:
            with explained(notebook):
                notebook.unlink(missing_ok=True)

    def replace(self, run: Run, grades: Iterable[tuple[Grade, Attempt]]) -> None:
        """Keep all `grades`, made by `run`, or none; the executed notebooks are left alone."""
        with self._changing() as database:
            number = insert_run(database, run)
            for grade, attempt in grades:
                save_grade(database, grade, attempt, self.folder_of(grade.student), number)

    def note(self, student: str, attempt: Attempt) -> None:
        """Keep what is known now of a hand-in that is graded already, such as its times."""
        with self._changing() as database:
            database.execute(
                "UPDATE attempts SET facts = ?, content = ? WHERE number = "
                "(SELECT attempt FROM students WHERE student = ?)",
                (as_json(plain(attempt), None), attempt.content, as_json(student, None)),
            )

    def forget(self, student: str) -> None:
        """Remove the student from the database; the files stay."""
        folder, name = self.folder_of(student), as_json(student, None)
        with self._changing() as database:
            database.execute("DELETE FROM grades WHERE folder = ?", (folder,))
            database.execute("DELETE FROM attempts WHERE folder = ?", (folder,))
            database.execute("DELETE FROM students WHERE student = ?", (name,))
        del self._folders[student]

    def keep_decisions(self, text: str) -> None:
        """Keep the file of people's decisions, unless that is how it was kept last."""
        kept = self.decisions()
        if self.exists() and text != (kept[-1][1] if kept else ""):
            with self._changing() as database:
                insert_decided(database, text)

    def decisions(self) -> list[tuple[str, str]]:
        """Return every state of the file of decisions, each with when it was seen first."""
        with self._reading() as database:
            return read_decided(database) if database else []

    # Files that are written from it

    def shown(self) -> dict[str, str]:
        """Return, by student, what their files were made from; '' where that isn't known."""
        rows = self._rows("SELECT student, shown FROM students")
        return {json.loads(student): shown for student, shown in rows}

    def set_shown(self, student: str, shown: str) -> None:
        """Keep what the student's files were made from."""
        with self._changing() as database:
            database.execute(
                "UPDATE students SET shown = ? WHERE student = ?", (shown, as_json(student, None))
            )

    def write_file(self, name: str, content: str | bytes) -> Path:
        """Write a file of the class, `name` seen from its folder, and return its path."""
        path = self.folder / name
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, content)
        return path

    # The database

    def close(self) -> None:
        """Close the database; the store may be used again."""
        with self._lock:
            if self._open is not None:
                self._open.close()
            self._open, self._folders = None, {}

    @property
    def _path(self) -> Path:
        return self.folder / DATABASE

    def _database(self, *, make: bool = False) -> sqlite3.Connection | None:
        """Return the open database; None if there is none and none is to be made."""
        with self._lock:
            if self._open is None:
                if not (make or self._path.exists() or former_class(self.folder)):
                    return None
                self._open = open_database(self.folder)
                with told(self._path):
                    self._take_over(self._open)
                    put_former_away(self.folder)
                    rows = self._open.execute("SELECT student, folder FROM students").fetchall()
                self._folders |= {json.loads(student): folder for student, folder in rows}
            return self._open

    def _take_over(self, database: sqlite3.Connection) -> None:
        """Keep the class of an earlier version of the kit, unless that was done before."""
        with transaction(database):
            (known,) = database.execute("SELECT count(*) FROM students").fetchone()
            former = None if known else former_class(self.folder)
            if former:
                run = insert_run(database, former.run)
                for one in former.students:
                    save_grade(database, one.grade, one.attempt, one.folder, run)

    def _run_number(self, database: sqlite3.Connection, grade: Grade) -> int:
        """Return the number of the present run, which is kept with its first grade."""
        run = self._run or Run("", Basis(), started=now())
        if not run.number:
            run = dataclasses.replace(run, isolation=grade.isolation)
            self._run = dataclasses.replace(run, number=insert_run(database, run))
        else:
            database.execute("UPDATE runs SET ended = ? WHERE number = ?", (now(), run.number))
        return self._run.number if self._run else 0

    def _kept(self, query: str, *values: str) -> Iterator[Kept]:
        return read_kept(self._rows(query, *values))

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with self._reading() as database:
            return database.execute(query, values).fetchall() if database else []

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection | None]:
        """Lend the database, if there is one."""
        with self._lock, told(self._path):
            yield self._database()

    @contextmanager
    def _changing(self) -> Generator[sqlite3.Connection]:
        """Lend the database for a change that is kept whole or not at all."""
        with self._lock:
            run = self._run
            database = self._database(make=True)
            assert database is not None
            try:
                with told(self._path), transaction(database):
                    yield database
            except BaseException:
                self._run = run
                raise


def in_order(student: str) -> bytes:
    """Return what students of a class are sorted by."""
    return student.encode("utf-8", "surrogatepass")
