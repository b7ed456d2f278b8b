"""Tells from the first bytes of a picture file how large the picture is: nothing is decoded.

A file of a hundred bytes can announce pixels that no browser has room for.
"""

import base64
import binascii
import io
import struct

from PIL import Image

PIXELS_LIMIT = 40_000_000
"""Of one picture: whoever shows it takes four bytes for each, however small the file is."""
SIDE_LIMIT = 20_000
_PNG = b"\x89PNG\r\n\x1a\n"
_START = struct.Struct(">8s4x4sII")
"""A PNG file begins with its signature and a first chunk that holds width and height."""


def small_enough(size: tuple[int, int]) -> bool:
    """Return whether a picture of so many columns and rows can be shown."""
    return max(size) <= SIDE_LIMIT and size[0] * size[1] <= PIXELS_LIMIT


def png_size(picture: str) -> tuple[int, int] | None:
    """Return columns and rows of a PNG picture in Base64; None for what is none."""
    try:
        # The bytes that matter stand in the first characters, perhaps with line breaks.
        start = base64.b64decode("".join(picture[:100].split())[:32], validate=True)
        signature, kind, columns, rows = _START.unpack(start)
    except (binascii.Error, ValueError, struct.error):
        return None
    return (columns, rows) if (signature, kind) == (_PNG, b"IHDR") else None


def jpeg_size(picture: str) -> tuple[int, int] | None:
    """Return columns and rows of a JPEG picture in Base64; None for what is none."""
    try:
        content = io.BytesIO(base64.b64decode("".join(picture.split()), validate=True))
        with Image.open(content, formats=("JPEG",)) as image:  # reads up to the size only
            return image.size
    except (binascii.Error, ValueError, OSError, SyntaxError, Image.DecompressionBombError):
        return None
