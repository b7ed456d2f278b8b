"""Reads what a cell has displayed: plain text and PNG pictures under limits, all else dropped.

A student's page, the executed notebook and whoever opens them must be able to hold it.
"""

import json
import logging
from typing import Any

from autograder.intake.picture_size import png_size, small_enough
from autograder.judge.own_paths import without_own_paths
from autograder.wire.frames import clean, is_list, is_object

_log = logging.getLogger(__name__)

DISPLAY_LIMIT = 8 << 20
"""Bytes of displayed pictures and text that are taken from one cell."""
OUTPUTS_LIMIT = 200
"""Outputs that are taken from one cell."""
TEXT_LIMIT = 200_000
"""Characters of one output."""

Output = dict[str, Any]


def displays_in(body: bytes) -> tuple[Output, ...]:
    """The displayed outputs in `body`, which is a student's word."""
    try:
        outputs: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    if not is_list(outputs):
        return ()
    if len(outputs) > OUTPUTS_LIMIT:
        _log.info("%d outputs of a cell were dropped", len(outputs) - OUTPUTS_LIMIT)
    kept = [_kept(output.get("data")) for output in outputs[:OUTPUTS_LIMIT] if is_object(output)]
    return tuple(
        {"output_type": "display_data", "data": data, "metadata": {}} for data in kept if data
    )


def _kept(data: Any) -> dict[str, str]:
    if not is_object(data):
        return {}
    kept: dict[str, str] = {}
    text, picture = data.get("text/plain"), data.get("image/png")
    if type(text) is str:
        kept["text/plain"] = without_own_paths(clean(text, TEXT_LIMIT))
    if type(picture) is str:
        size = png_size(picture)
        if size and small_enough(size):
            kept["image/png"] = clean(picture, DISPLAY_LIMIT)
        else:
            kept["text/plain"] = _instead(size)
            _log.info("a picture was dropped: %s", kept["text/plain"])
    return kept


def _instead(size: tuple[int, int] | None) -> str:
    if size is None:
        return "(a picture was displayed here that is no PNG file)"
    columns, rows = size
    return f"(a picture of {columns:,}×{rows:,} pixels was displayed here, too large to be kept)"
