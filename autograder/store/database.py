"""The database of a class: its tables, its opening, and its failures in sentences."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from autograder.store.writing import DISK_FULL, StoreError, explained, not_written

DATABASE = "class.sqlite"
VERSION = 1
_BUSY_SECONDS = 60.0
_TABLES = """
CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    command TEXT NOT NULL, who TEXT NOT NULL, started TEXT NOT NULL, ended TEXT NOT NULL,
    basis TEXT NOT NULL, settings TEXT NOT NULL, isolation TEXT NOT NULL
);
CREATE TABLE students (
    folder TEXT PRIMARY KEY,
    student TEXT NOT NULL UNIQUE,          -- the id as JSON, which holds any text
    attempt INTEGER REFERENCES attempts,
    grade INTEGER REFERENCES grades,       -- the present one
    shown TEXT NOT NULL DEFAULT ''         -- stands for what the student's files were made from
);
CREATE TABLE attempts (
    number INTEGER PRIMARY KEY,
    folder TEXT NOT NULL REFERENCES students,
    seen TEXT NOT NULL, content TEXT NOT NULL, facts TEXT NOT NULL
);
CREATE TABLE grades (
    number INTEGER PRIMARY KEY,
    folder TEXT NOT NULL REFERENCES students,
    attempt INTEGER NOT NULL REFERENCES attempts, run INTEGER NOT NULL REFERENCES runs,
    graded TEXT NOT NULL, digest TEXT NOT NULL,
    grade TEXT, summary TEXT, outputs BLOB,  -- of the present grade
    difference BLOB                          -- of an earlier one: from the next grade to this one
);
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY, seen TEXT NOT NULL, content TEXT NOT NULL
);
CREATE INDEX grades_of ON grades (folder);
CREATE INDEX attempts_of ON attempts (folder);
"""


def open_database(folder: Path) -> sqlite3.Connection:
    """Open the database of the class in `folder`; make it where there is none.

    Raises `StoreError` for what is no database of a class, or one of a later version of the kit.
    """
    path = folder / DATABASE
    with explained(path):
        folder.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        raise StoreError(f"{path} is a link, and links aren't followed: put the file itself there.")
    with told(path):
        connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = OFF")  # rows refer to each other both ways
            _make_tables(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


def _make_tables(connection: sqlite3.Connection, path: Path) -> None:
    with transaction(connection):
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise StoreError(
                f"{path} was written by a later version of the kit (form {version}; this one "
                f"knows form {VERSION}): use that version."
            )
        if version == 0:
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """Do all that is inside, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


@contextmanager
def told(path: Path) -> Generator[None]:
    """Turn a failure of the database in `path` into a `StoreError`."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        reason = str(error)
        if "full" in reason:
            raise not_written(path, DISK_FULL) from error
        if "readonly" in reason or "unable to open" in reason:
            raise not_written(
                path, f"{reason}. Make the folder writable and run the command again"
            ) from error
        raise StoreError(
            f"{path} cannot be used as the store of a class ({reason}): nothing was changed. Put "
            "a copy of it in its place, or move it away and grade the class anew."
        ) from error
