"""The table of groups that belongs to a class's grades, kept beside them for the next command."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.gradebooks.groups import Grouped, with_groups, with_named_groups
from autograder.gradebooks.groups_table import read_groups
from autograder.gradebooks.rows import Gradebook
from autograder.intake.lms.collected import Collected
from autograder.store.store import Store

GROUPS = "groups.csv"


@dataclass(frozen=True)
class ClassOfGroups:
    """A class, and who gets the mark of whose hand-in."""

    found: Collected
    others: Mapping[str, tuple[str, ...]]
    """As in `Grouped`."""
    table: bytes | None
    """The table that says so; None where there is none."""

    def keep(self, store: Store) -> None:
        """Write the table beside the grades. Raises `StoreError`."""
        if self.table is not None:
            store.write_file(GROUPS, self.table)


def with_members(
    found: Collected,
    table: Path | None,
    output: Path,
    gradebook: Path | None,
    rows: Gradebook | None,
) -> ClassOfGroups:
    """Return the class with its groups: as `table` says, else the one that is kept in `output`.

    Without either, groups whose hand-ins are called so have the members that the `rows` of
    `gradebook` tell. Raises `GradebookError` for a table that tells no groups.
    """
    kept = output / GROUPS
    path = table or (kept if kept.is_file() and not kept.is_symlink() else None)
    if path:
        return _kept(with_groups(found, read_groups(path)), path)
    if gradebook and rows and any(row.group.strip() for row in rows.rows):
        named = with_named_groups(found, rows)
        return _kept(named, gradebook if named.others else None)
    return ClassOfGroups(found, {}, None)


def _kept(grouped: Grouped, path: Path | None) -> ClassOfGroups:
    return ClassOfGroups(grouped.found, grouped.others, path.read_bytes() if path else None)
