"""The part of a question that people mark, as the master notebook writes it.

    # BEGIN QUESTION
    name: q18
    points: 5
    manual: true
    answer: filter_notes
    rubric:
      - name: detector
        points: 1
        text: names the kind of detector that a filter looks like
      - name: evidence
        points: 1
        text: says which of its numbers show that

The points of the tests and of the rubric add up to those of the question. otter knows nothing of
this: it gets the question with the points of the tests.
"""

import copy
import re
from collections.abc import Mapping
from typing import Any, cast

import yaml

from autograder.course.build.master_cells import BuildError, MasterCell, settings
from autograder.course.rubric import Criterion, Rubric

_KEYS = ("manual", "answer", "rubric")
_BEGIN = re.compile(r"#\s+BEGIN\s+QUESTION\s*\n", re.IGNORECASE)


def read_rubric(question: str, cell: MasterCell, config: Mapping[str, Any]) -> Rubric | None:
    """Return the rubric in the configuration of `question`; None where no person marks it."""
    where = f"{question} (cell {cell.number})"
    if not config.get("manual", False):
        if left := [name for name in _KEYS if config.get(name) is not None and name != "manual"]:
            raise BuildError(f"{where}: {left[0]} needs 'manual: true' beside it.")
        return None
    answer, listed = config.get("answer"), config.get("rubric")
    if config["manual"] is not True or not isinstance(answer, str) or not answer.isidentifier():
        raise BuildError(
            f"{where}: a question that people mark needs 'manual: true' and 'answer: name', the "
            "variable that holds the text."
        )
    criteria = tuple(_criterion(where, each) for each in _entries(listed))
    names = [each.name for each in criteria]
    if not criteria or len(set(names)) != len(names):
        raise BuildError(
            f"{where}: 'rubric' lists one criterion or more, each with a name of its own, points "
            "and a text."
        )
    return Rubric(answer, criteria)


def _entries(listed: Any) -> list[Any]:
    return cast("list[Any]", listed) if isinstance(listed, list) else []


def _criterion(where: str, entry: Any) -> Criterion:
    found = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
    name, points, text = found.get("name"), found.get("points"), found.get("text")
    sound = isinstance(name, str) and isinstance(text, str) and not found.keys() - _CRITERION
    if not sound or not isinstance(points, int | float) or not points > 0:
        raise BuildError(
            f"{where}: a criterion is 'name: <word>', 'points: <number above 0>' and "
            f"'text: <what gives them>'; {entry!r} is not."
        )
    return Criterion(str(name), float(points), str(text))


_CRITERION = {"name", "points", "text"}


def without_manual(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the notebook's cells with the questions as otter knows them."""
    return [_for_otter(cell) for cell in cells]


def _for_otter(cell: dict[str, Any]) -> dict[str, Any]:
    source = "".join(cell["source"])
    if cell["cell_type"] != "raw" or not (begin := _BEGIN.match(source)):
        return cell
    config = settings(source, "a question")
    if not any(name in config for name in _KEYS):
        return cell
    rubric = read_rubric(str(config.get("name")), MasterCell(0, "raw", source), config)
    kept = {name: value for name, value in config.items() if name not in _KEYS}
    kept["points"] = config["points"] - (rubric.points if rubric else 0)
    changed = copy.deepcopy(cell)
    text = begin[0] + yaml.safe_dump(kept, sort_keys=False)
    changed["source"] = text.splitlines(keepends=True)
    return changed
