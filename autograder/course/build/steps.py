"""A check with steps: one cell of the master notebook that stands for many checks of equal points.

otter knows checks that pass or fail, no share of a check's points. So points that grow are many
small checks. The cell says `steps: 40`, and holds `(1, 40)` where the function takes its step;
before `otter assign` it becomes 40 cells, with (1, 40) to (40, 40).
"""

import copy
import re
from typing import Any

from autograder.course.build.master_cells import BuildError

_STEPS = re.compile(r"^steps:\s*(\d+)\s*\n", re.MULTILINE)
_POINTS = re.compile(r"^points:\s*([\d.]+)\s*$", re.MULTILINE)
_NAME = re.compile(r"^def (test_\w+)\(", re.MULTILINE)


def expanded(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the notebook's cells, each with `steps` in its test configuration as that many."""
    result = list[dict[str, Any]]()
    for cell in cells:
        source = "".join(cell["source"])
        found = _STEPS.search(source) if "# BEGIN TEST CONFIG" in source else None
        result += [cell] if found is None else _step_cells(cell, source, int(found[1]))
    return result


def _step_cells(cell: dict[str, Any], source: str, steps: int) -> list[dict[str, Any]]:
    points, place = _POINTS.search(source), f"(1, {steps})"
    if points is None or source.count(place) != 1 or len(_NAME.findall(source)) != 1:
        raise BuildError(
            f"A test cell with 'steps: {steps}' needs 'points: <number>' and exactly once the text"
            f" '{place}', which becomes (2, {steps}) and so on."
        )
    each, made = float(points[1]) / steps, list[dict[str, Any]]()
    source = _POINTS.sub(f"points: {each:g}", _STEPS.sub("", source, count=1), count=1)
    for step in range(1, steps + 1):
        text = _NAME.sub(rf"def \1_{step:02d}(", source)
        text = text.replace(place, f"({step}, {steps})")
        same = copy.deepcopy(cell)
        same |= {"id": f"{cell['id']}-{step:02d}", "source": text.splitlines(keepends=True)}
        made.append(same)
    return made
