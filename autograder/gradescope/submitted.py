"""What Gradescope lays down for a run: the student's files, and when they were handed in."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from autograder.intake.lms.collected import visible_entries
from autograder.intake.lms.times import moment
from autograder.records import Submission

METADATA = "submission_metadata.json"


def submission_in(root: Path) -> Submission:
    """The submission below `root`, which is /autograder; named by its number, not by its author.

    Metadata that are missing or broken leave the times unknown.
    """
    metadata = _mapping(_read(root / METADATA))
    number = metadata.get("id")
    name = f"submission_{number}" if isinstance(number, int | str) else "submission"
    due = [moment(one.get("due_date")) for one in _assignments(metadata)]
    return Submission(
        name,
        _source(root / "submission"),
        submitted=moment(metadata.get("created_at")),
        due=max((time for time in due if time), default=None),
    )


def _source(folder: Path) -> Path:
    """The folder, or the zip in it if that is all there is."""
    entries = visible_entries(folder)
    only_zip = len(entries) == 1 and entries[0].suffix.lower() == ".zip"
    return entries[0] if only_zip else folder


def _assignments(metadata: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The assignment for all, and as it stands for each author: an extension is a later date."""
    users = metadata.get("users")
    listed = cast("list[Any]", users) if isinstance(users, list) else []
    own = [_mapping(user).get("assignment") for user in listed]
    return [_mapping(one) for one in (metadata.get("assignment"), *own)]


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
