"""Plain values to JSON and bytes, and back: no pickle, listed types only, every length checked.

None, booleans, strings, whole numbers below 10**18 and finite floats stand for themselves, a list
for a list. Everything else is an object with one tag: {"tuple": […]}, {"set" | "frozenset": […]},
{"dict": [[key, value], …]}, {"float": "nan"}, {"int": "digits"}, {"ellipsis": true},
{"array" | "scalar": dtype, "shape": […]} whose elements stand in the body, in order, and
{"object": number, "type": name, "callable": bool}, a handle of something that stays in the sandbox.
Libraries that an assignment preloads have tags of their own, which modules beside this one add
(`for_<library>`): both ends load the same ones.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from autograder.wire.frames import WireError, clean, is_list, is_object

DTYPES = {
    name: np.dtype(name)
    for name in (
        "float16",
        "float32",
        "float64",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "bool",
    )
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
DEPTH_LIMIT = 24
NODE_LIMIT = 100_000
DIGITS_LIMIT = 1_000
SIDE_LIMIT = 1 << 40
LARGEST_PLAIN = 10**18

Keep = Callable[[Any], dict[str, Any]]
"""Turns what cannot be copied into the tag of a handle, or raises `WireError`."""
Find = Callable[[dict[str, Any]], Any]
"""Turns the tag of a handle into what stands for it on this side."""


@dataclass(frozen=True)
class Extension:
    """How one kind of value of a library crosses the wire."""

    kind: type
    tag: str
    encode: Callable[["Encoder", Any, int], Any]
    """Give the tree, with `tag` first."""
    decode: Callable[["Decoder", dict[str, Any], int], Any]
    """Give the value of a tree. Raises `WireError` for whatever `encode` cannot have given."""


_extensions: dict[str, Extension] = {}


def extend(extension: Extension) -> None:
    """Let one more kind of value cross; the other end must do the same."""
    _extensions[extension.tag] = extension


@dataclass
class Encoder:
    """Encodes values into trees, gathering the bytes of arrays."""

    keep: Keep
    chunks: list[bytes] = field(default_factory=list[bytes])
    nodes: int = 0

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    def encode(self, value: Any, depth: int = 0) -> Any:
        """The tree of `value`. Raises `WireError` for what is nested too deeply or too long."""
        self.nodes += 1
        if depth > DEPTH_LIMIT or self.nodes > NODE_LIMIT:
            raise WireError("the value is nested too deeply or has too many parts")
        if value is None or value is True or value is False:
            return value
        kind = cast("type[object]", type(value))
        if kind is str:  # most values, and quicker to tell than by the questions below
            return clean(value, len(value))
        if kind in (list, tuple, dict):
            return self._container(value, depth)
        return self._unusual(value, depth)

    def _unusual(self, value: Any, depth: int) -> Any:
        if value is ...:
            return {"ellipsis": True}
        for extension in _extensions.values():
            if isinstance(value, extension.kind):
                return extension.encode(self, value, depth)
        if isinstance(value, (np.ndarray, np.generic)):
            return self._array(value, depth)
        if isinstance(value, str):
            return clean(str.__str__(value), len(value))
        if isinstance(value, int):
            return self._whole(int.__index__(value))
        if isinstance(value, float):
            number = float.__float__(value)
            return number if math.isfinite(number) else {"float": repr(number)}
        return self._container(value, depth)

    def _container(self, value: Any, depth: int) -> Any:
        if isinstance(value, list):
            return self._all(list[Any].__iter__(cast("list[Any]", value)), depth)
        if isinstance(value, tuple):
            return {
                "tuple": self._all(tuple[Any, ...].__iter__(cast("tuple[Any, ...]", value)), depth)
            }
        if isinstance(value, (set, frozenset)):
            tag = "set" if isinstance(value, set) else "frozenset"
            base = set[Any] if isinstance(value, set) else frozenset[Any]
            return {tag: self._all(base.__iter__(cast("Any", value)), depth)}
        if isinstance(value, dict):
            pairs = dict[Any, Any].items(cast("dict[Any, Any]", value))
            inner = depth + 1
            return {"dict": [[self.encode(k, inner), self.encode(v, inner)] for k, v in pairs]}
        return self.keep(value)

    def _all(self, items: Iterator[Any], depth: int) -> list[Any]:
        return [self.encode(item, depth + 1) for item in items]

    def _whole(self, number: int) -> Any:
        if abs(number) < LARGEST_PLAIN:
            return number
        if number.bit_length() > 3 * DIGITS_LIMIT:
            raise WireError(f"a whole number has more than {DIGITS_LIMIT} digits")
        return {"int": str(number)}

    def _array(self, value: Any, depth: int) -> Any:
        if value.dtype.kind in "UO":
            return self.encode(value.tolist(), depth + 1)  # texts, as a list of them
        ordered = value.astype(value.dtype.newbyteorder("="), copy=False)
        if ordered.dtype not in NAMES:
            return self.keep(value)
        return self.numbers("scalar" if isinstance(value, np.generic) else "array", ordered)

    def numbers(self, tag: str, value: Any) -> dict[str, Any]:
        """Return the tree of an array of one of `DTYPES`."""
        array = np.asarray(value)
        self.chunks.append(array.tobytes())
        return {tag: NAMES[array.dtype], "shape": list(array.shape)}


@dataclass
class Decoder:
    """Decodes trees whose arrays stand in `body`; trusts nothing in either."""

    body: bytes
    find: Find
    offset: int = 0
    nodes: int = 0

    def finish(self) -> None:
        """Raises `WireError` unless the body was used up."""
        if self.offset != len(self.body):
            raise WireError("a body is longer than its values")

    def decode(self, tree: Any, depth: int = 0) -> Any:
        """The value of `tree`. Raises `WireError` for whatever the module's text does not allow."""
        self.nodes += 1
        if depth > DEPTH_LIMIT or self.nodes > 2 * NODE_LIMIT:
            raise WireError("a value is nested too deeply or has too many parts")
        if tree is None or type(tree) in (bool, int, float):
            return tree
        if type(tree) is str:
            return clean(tree, len(tree))
        if is_list(tree):
            return [self.decode(item, depth + 1) for item in tree]
        if not is_object(tree) or not tree:
            raise WireError("a value has no tag")
        tag = next(iter(tree))
        if tag in ("array", "scalar"):
            data = self.numbers(tag, tree)
            return data[()] if tag == "scalar" else data.copy()
        if extension := _extensions.get(tag):
            return extension.decode(self, tree, depth)
        if tag == "object":
            return self.find(tree)
        return self._tagged(tag, tree[tag], depth)

    def _tagged(self, tag: str, inner: Any, depth: int) -> Any:
        if tag == "ellipsis":
            return ...
        if tag == "float" and inner in ("nan", "inf", "-inf"):
            return float(inner)
        if tag == "int" and type(inner) is str and len(inner) <= DIGITS_LIMIT:
            if inner.removeprefix("-").isdecimal() and inner.isascii():
                return int(inner)
        elif tag == "tuple" and is_list(inner):
            return tuple(self.decode(item, depth + 1) for item in inner)
        elif tag in ("set", "frozenset") and is_list(inner):
            items = [self.decode(item, depth + 1) for item in inner]
            if all(map(_hashable, items)):
                return set(items) if tag == "set" else frozenset(items)
        elif tag == "dict" and is_list(inner):
            return dict(self._pair(pair, depth) for pair in inner)
        # The tag is not quoted: it could carry a hidden check's input to whoever reads the message.
        raise WireError("a value has an unknown or malformed tag")

    def _pair(self, pair: Any, depth: int) -> tuple[Any, Any]:
        if not is_list(pair) or len(pair) != 2:
            raise WireError("a dictionary's entry is no pair")
        key, value = self.decode(pair[0], depth + 1), self.decode(pair[1], depth + 1)
        if not _hashable(key):
            raise WireError("a dictionary's key is no plain value")
        return key, value

    def numbers(self, tag: str, tree: dict[str, Any]) -> Any:
        """Return a view of the numbers that stand in the body for `tree`."""
        name, shape = tree[tag], tree.get("shape")
        if type(name) is not str or name not in DTYPES:
            raise WireError("a tensor has a dtype that is not allowed")
        if not is_list(shape) or len(shape) > 16:
            raise WireError("a tensor has no usable shape")
        if not all(type(side) is int and 0 <= side <= SIDE_LIMIT for side in shape):
            raise WireError("a tensor has no usable shape")
        count = math.prod(shape)
        end = self.offset + count * DTYPES[name].itemsize
        if end > len(self.body) or (tag == "scalar" and shape):
            raise WireError("a tensor is longer than its body")
        try:
            data = np.frombuffer(self.body, DTYPES[name], count, self.offset).reshape(shape)
        except ValueError:  # no elements, but sides that multiply to more than an index can hold
            raise WireError("a tensor has no usable shape") from None
        self.offset = end
        return data


def _hashable(key: Any) -> bool:
    if type(key) is tuple:
        return all(_hashable(part) for part in cast("tuple[Any, ...]", key))
    return key is None or key is ... or type(key) in (bool, int, float, str)
