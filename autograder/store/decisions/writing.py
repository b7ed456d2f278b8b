"""Adds decisions to `decisions.toml` and takes them back; what people have written there stays."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from autograder.store.decisions.model import Decision, Withdrawal
from autograder.store.decisions.reading import FILE, Known, parsed
from autograder.store.holding import locked
from autograder.store.writing import StoreError, explained, write_whole

_LOCK = ".decisions.lock"
_HEAD = """\
# What people have decided about marks; docs/decisions.md lists the kinds. Each decision says who,
# when and why. To take one back, add withdrawn = { who = "…", when = …, why = "…" } to it.
"""


def add_decisions(folder: Path, decisions: Sequence[Decision], known: Known | None = None) -> None:
    """Add all `decisions` to those on the class in `folder`, or none.

    Raises `DecisionError` where they, or what stands in the file, cannot be used.
    """
    with locked(folder / _LOCK):
        parts = [(_present(folder) or _HEAD).rstrip(), *map(as_toml, decisions)]
        _write(folder, "\n\n".join(part.rstrip() for part in parts) + "\n", known)


def withdraw(folder: Path, line: int, withdrawal: Withdrawal, known: Known | None = None) -> None:
    """Take back the decision that begins in `line`; it stays in the file.

    Raises `DecisionError` or another `StoreError`; then nothing is changed.
    """
    with locked(folder / _LOCK):
        text = _present(folder)
        if line not in {each.line for each in parsed(text, folder / FILE, Known()).standing}:
            raise StoreError(f"{folder / FILE}: no decision that stands begins in line {line}.")
        lines = text.splitlines(keepends=True)
        lines.insert(line, f"withdrawn = {_value(withdrawal.__dict__)}\n")
        _write(folder, "".join(lines), known)


def as_toml(decision: Decision) -> str:
    """Return `decision` as an entry of the file."""
    lines = ["[[decision]]"]
    for name, value in vars(decision).items():
        default = Decision.__dataclass_fields__[name].default
        empty = value in (None, "", {}) or (name in ("to", "late_rules", "line"))
        if not empty or (name in ("to", "late_rules") and value != default):
            shown = vars(value) if isinstance(value, Withdrawal) else value
            lines.append(f"{name} = {_value(shown)}")
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        return "{ " + ", ".join(f"{_key(name)} = {_value(each)}" for name, each in pairs) + " }"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for halves of characters, which no TOML can hold.
        text = value.encode("utf-8", "replace").decode()
        return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else _value(name)


def _present(folder: Path) -> str:
    try:
        return (folder / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{folder / FILE} cannot be read: {error}") from error


def _write(folder: Path, text: str, known: Known | None) -> None:
    parsed(text, folder / FILE, known or Known())
    with explained(folder / FILE):
        write_whole(folder / FILE, text)
