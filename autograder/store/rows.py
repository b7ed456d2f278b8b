"""The rows of a class's tables: how a grade, an attempt and a run are kept."""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from autograder.records import Grade
from autograder.store.differences import difference, patched
from autograder.store.kept import (
    Attempt,
    Earlier,
    Kept,
    Run,
    for_tables,
    grade_document,
    now,
    plain,
    read_attempt,
    read_basis,
    read_grade,
    read_isolation,
)
from autograder.store.writing import as_json

KEPT = """
    SELECT students.student, students.folder, attempts.facts, {grade}, runs.basis, runs.number,
           grades.graded, grades.digest
    FROM students JOIN grades ON grades.number = students.grade
    JOIN attempts ON attempts.number = students.attempt JOIN runs ON runs.number = grades.run
"""
"""Everything of the students; {grade} is the column that holds it, whole or in short."""


def save_grade(
    database: sqlite3.Connection, grade: Grade, attempt: Attempt, folder: str, run: int
) -> None:
    """Keep a grade as the student's present one, and the one before as a difference from it."""
    document, outputs = grade_document(grade)
    text, facts = as_json(document, None), as_json(plain(attempt), None)
    summary = as_json(plain(for_tables(grade)), None)
    packed = zlib.compress(as_json(outputs, None).encode())
    database.execute(
        "INSERT INTO students (folder, student) VALUES (?, ?) ON CONFLICT (student) DO NOTHING",
        (folder, as_json(grade.student, None)),
    )
    before, number = database.execute(
        "SELECT grade, attempt FROM students WHERE folder = ?", (folder,)
    ).fetchone()
    number = _attempt_number(database, folder, number, attempt.content, facts)
    made = database.execute(
        "INSERT INTO grades (folder, attempt, run, graded, digest, grade, summary, outputs) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (folder, number, run, now(), _digest(text), text, summary, packed),
    ).lastrowid
    if before is not None:
        _as_difference(database, before, document)
    database.execute(
        "UPDATE students SET grade = ?, attempt = ?, shown = '' WHERE folder = ?",
        (made, number, folder),
    )


def _attempt_number(
    database: sqlite3.Connection, folder: str, number: int | None, content: str, facts: str
) -> int:
    """Return the number of the attempt, which is a new one if its content is."""
    known = database.execute("SELECT content FROM attempts WHERE number = ?", (number,)).fetchone()
    if number is not None and known and known[0] in (content, ""):
        database.execute(
            "UPDATE attempts SET facts = ?, content = ? WHERE number = ?", (facts, content, number)
        )
        return number
    made = database.execute(
        "INSERT INTO attempts (folder, seen, content, facts) VALUES (?, ?, ?, ?)",
        (folder, now(), content, facts),
    ).lastrowid
    assert made is not None
    return made


def _as_difference(database: sqlite3.Connection, number: int, newer: dict[str, Any]) -> None:
    """Put the grade `number` in the form of a difference from the `newer` one."""
    (text,) = database.execute("SELECT grade FROM grades WHERE number = ?", (number,)).fetchone()
    try:
        before = json.loads(text)
    except ValueError:  # damaged: kept as it is found
        before = {"damaged": text}
    packed = zlib.compress(as_json(difference(newer, before), None).encode())
    database.execute(
        "UPDATE grades SET grade = NULL, summary = NULL, outputs = NULL, difference = ? "
        "WHERE number = ?",
        (packed, number),
    )


def insert_run(database: sqlite3.Connection, run: Run) -> int:
    made = database.execute(
        "INSERT INTO runs (command, who, started, ended, basis, settings, isolation) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *(run.command, run.who, run.started, now(), as_json(plain(run.basis), None)),
            *(run.settings, as_json(plain(run.isolation) if run.isolation else None, None)),
        ),
    ).lastrowid
    assert made is not None
    return made


def read_runs(database: sqlite3.Connection) -> tuple[Run, ...]:
    """Return every run, the first one first."""
    rows = database.execute(
        "SELECT command, basis, who, started, settings, isolation, number FROM runs ORDER BY number"
    )
    return tuple(
        Run(
            command,
            read_basis(json.loads(basis)),
            *(who, started, settings),
            read_isolation(json.loads(isolation)),
            number,
        )
        for command, basis, who, started, settings, isolation, number in rows
    )


def read_earlier(database: sqlite3.Connection, student: str) -> Iterator[Earlier]:
    """Yield the grades that the student had before, the latest first; damaged ones are left out."""
    rows = database.execute(
        "SELECT grades.grade, grades.difference, grades.run, grades.graded, attempts.facts "
        "FROM grades JOIN attempts ON attempts.number = grades.attempt "
        "JOIN students ON students.folder = grades.folder "
        "WHERE students.student = ? ORDER BY grades.number DESC",
        (as_json(student, None),),
    ).fetchall()
    document = json.loads(rows[0][0]) if rows else None
    for _, packed, run, graded, facts in rows[1:]:
        try:
            document = patched(document, json.loads(zlib.decompress(packed)))
            attempt = read_attempt(json.loads(facts))
            yield Earlier(read_grade(document), attempt, run, graded)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue


def read_outputs(database: sqlite3.Connection, student: str) -> list[Any]:
    """Return the outputs of each cell of the student's present grade."""
    row = database.execute(
        "SELECT outputs FROM grades JOIN students ON grades.number = students.grade "
        "WHERE student = ?",
        (as_json(student, None),),
    ).fetchone()
    return json.loads(zlib.decompress(row[0])) if row else []


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_kept(rows: Iterable[tuple[Any, ...]]) -> Iterator[Kept]:
    """Yield what the `rows` that `KEPT` has found hold, without those that are damaged."""
    for student, folder, facts, grade, basis, run, graded, digest in rows:
        try:
            yield Kept(
                json.loads(student),
                folder,
                read_attempt(json.loads(facts)),
                read_grade(json.loads(grade)),
                read_basis(json.loads(basis)),
                run,
                graded,
                digest,
            )
        except (ValueError, TypeError, RecursionError):  # damaged: it is graded again
            continue


def read_versions(database: sqlite3.Connection) -> dict[str, str]:
    """Return, by student, what stands for the present grade and all that is known of it."""
    rows = database.execute(
        "SELECT students.student, grades.digest, grades.number, attempts.facts FROM students "
        "JOIN grades ON grades.number = students.grade "
        "JOIN attempts ON attempts.number = students.attempt"
    )
    return {json.loads(name): " ".join(map(str, parts)) for name, *parts in rows}


def insert_decided(database: sqlite3.Connection, content: str) -> None:
    """Keep a state of the file of people's decisions."""
    database.execute("INSERT INTO decisions (seen, content) VALUES (?, ?)", (now(), content))


def read_decided(database: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return every state of the file of decisions, each with when it was seen first."""
    return database.execute("SELECT seen, content FROM decisions ORDER BY number").fetchall()
