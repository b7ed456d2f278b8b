"""Pictures in Base64, sound ones and the beginnings of huge ones."""

import base64
import io
import struct

from PIL import Image


def picture(kind: str, side: int = 4) -> str:
    """A small grey picture."""
    content = io.BytesIO()
    Image.new("L", (side, side), 100).save(content, kind)
    return base64.b64encode(content.getvalue()).decode()


def png_start(columns: int, rows: int) -> str:
    """The start of a PNG file that announces so many pixels."""
    header = struct.pack(">8sI4sII5x", b"\x89PNG\r\n\x1a\n", 13, b"IHDR", columns, rows)
    return base64.b64encode(header + bytes(8)).decode()
