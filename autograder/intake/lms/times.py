"""Points in time as learning systems write them."""

import re
from datetime import datetime
from typing import Any

_TIME = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[T ](?P<time>\d\d:\d\d:\d\d)(?:\.\d+)? ?(?P<zone>Z|[+-]\d\d:?\d\d)"
)


def moment(text: Any) -> datetime | None:
    """The time in `text`, which needs a time zone: "2026-02-05T20:14:33.111-08:00"; else None."""
    parts = _TIME.fullmatch(text.strip()) if isinstance(text, str) else None
    if parts is None:
        return None
    zone = "+00:00" if parts["zone"] == "Z" else parts["zone"]
    try:
        return datetime.fromisoformat(f"{parts['date']}T{parts['time']}{zone}")
    except ValueError:
        return None
