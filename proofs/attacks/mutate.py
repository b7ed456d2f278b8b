"""Broken input made from sound input: what a hostile or unlucky sender might send."""

import copy
import random
from typing import Any, cast

LARGEST = 20_000
"""Bytes that an input may grow to, so that each takes little time."""
WORDS = (
    *(b"NaN", b"-Infinity", b"1e999", b"-1", b"18446744073709551616", b"null", b"true", b'""'),
    *(b"[]", b"{}", b"[[", b"}}", b'"\\ud800"', b"\\u0000", b"\xff\xfe", b"\xef\xbb\xbf", b"\x00"),
    *(b"\xff" * 4, b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x07", b"../", b"\x1b[2J"),
)
NAMES = (
    *("tensor", "array", "scalar", "shape", "dict", "tuple", "int", "float", "object", "ellipsis"),
    *("type", "callable", "id", "ok", "value", "kind", "message", "line", "data", "text/plain"),
    *("cells", "source", "metadata", "tags", "cell_type", "outputs", "worksheets", "input", "text"),
    *("nbformat", "nbformat_minor", "attachments", "execution_count", "code", "markdown", "raw"),
    *("float32", "bool"),
)
LEAVES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 3, 7, 1 << 31, 1 << 40, 10**18, 10**30, 0.5, 1e308),
    *(float("nan"), float("-inf"), "", "x" * 5000, "\ud800", "\x00\x1b[2J", "<script>"),
    *([], {}, [[]], [None], {"": 0}, [0, 1 << 40, 1 << 40], [1] * 40),
)


def changed_bytes(sound: bytes, source: random.Random, most: int = 8) -> bytes:
    """Return `sound` changed in one to `most` places."""
    data = bytearray(sound)
    for _ in range(source.randint(1, most)):
        _change_bytes(data, source)
    return bytes(data[:LARGEST])


def changed_tree(sound: Any, source: random.Random) -> Any:
    """Return a copy of the JSON tree `sound`, changed in one to four places."""
    tree = [copy.deepcopy(sound)]
    for _ in range(source.randint(1, 4)):
        _change_tree(tree, source)
    return tree[0] if tree else None


def _change_bytes(data: bytearray, source: random.Random) -> None:
    start = source.randint(0, len(data))
    end = min(len(data), start + source.choice((1, 1, 2, 4, 8, 64, 512)))
    match source.randrange(8):
        case 0:
            data[start:end] = source.randbytes(end - start)
        case 1:
            del data[start:end]
        case 2:
            data[start:start] = data[start:end] * source.randint(1, 30)
        case 3 if source.random() < 0.2:
            del data[start:]
        case 4 if data:
            data[start % len(data)] ^= 1 << source.randrange(8)
        case _:
            data[start : source.choice((start, end))] = source.choice(WORDS)


def _change_tree(tree: Any, source: random.Random) -> None:
    """Go down a random way and change what it finds there."""
    inside, key = _somewhere(tree, source)
    if key is None:
        return
    named, below = type(key) is str, inside[key]
    match source.randrange(7):
        case 0:
            del inside[key]
        case 1 if named:
            inside[source.choice(NAMES)] = inside.pop(key)
        case 2 if not named:
            inside += [below] * source.randint(1, 50)
        case 3:
            for _ in range(source.choice((1, 5, 30, 90))):
                below = [below] if source.random() < 0.5 else {source.choice(NAMES): below}
            inside[key] = below
        case 4:
            inside[key] = source.choice(NAMES)
        case _:
            inside[key] = copy.deepcopy(source.choice(LEAVES))


def _somewhere(tree: Any, source: random.Random) -> tuple[Any, Any]:
    """Return a list or dictionary in `tree` and a random key of it; None where it is empty."""
    while tree:
        key = source.choice(list(tree) if hasattr(tree, "keys") else range(len(tree)))
        below = tree[key]
        if not isinstance(below, (dict, list)) or source.random() < 0.2:
            return tree, key
        tree = cast("Any", below)
    return tree, None
