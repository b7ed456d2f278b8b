"""Frames: two lengths (32 bits, big endian), a JSON object, raw bytes."""

import json
import struct
from typing import Any, NoReturn, TypeGuard

LENGTHS = struct.Struct(">II")
HEADER_LIMIT = 1 << 20
"""Bytes of JSON that one frame may carry: values travel in it, tensors do not."""


class WireError(Exception):
    """A frame or value that breaks the protocol: the other end is broken or hostile."""


def pack(header: dict[str, Any], body: bytes = b"") -> bytes:
    """The frame of `header` and `body`, ready to be sent."""
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")
    if len(text) > HEADER_LIMIT:
        raise WireError(f"a header of {len(text):,} bytes is larger than {HEADER_LIMIT:,}")
    return LENGTHS.pack(len(text), len(body)) + text + body


def parse_header(text: bytes) -> dict[str, Any]:
    """The JSON object in `text`; numbers that JSON cannot hold exactly are refused."""
    try:
        header = json.loads(
            text.decode("utf-8"), parse_constant=_refuse, parse_float=_finite, parse_int=_bounded
        )
    except (ValueError, RecursionError) as error:
        raise WireError(f"a header is not valid JSON: {error}") from None
    if not is_object(header):
        raise WireError("a header is not a JSON object")
    return header


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether `value` is a list itself, no subclass of it."""
    return type(value) is list


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether `value` is a JSON object: a dictionary itself, no subclass of it."""
    return type(value) is dict


def clean(value: Any, limit: int = 2000) -> str:
    """`value` as text that every file can hold, at most `limit` characters of it."""
    text = str(value)[:limit]
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _refuse(text: str) -> NoReturn:
    raise WireError(f"{text} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise WireError("a number is too large")
    return number


def _bounded(text: str) -> int:
    if len(text) > 19:
        raise WireError("a whole number is too large")
    return int(text)
