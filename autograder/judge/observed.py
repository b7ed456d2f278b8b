"""Validates what a probe has sent back, before a check sees it.

A probe runs beside student code, which may have replaced it or anything that it uses. What it gives
is declared by its return type; whatever is not of that type is the student's own
fault. `Any` stands for what the student's code returned: checks expect everything there.
"""

import importlib
import types
from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any, NotRequired, Union, get_args, get_origin, get_type_hints

import labkit.probes
from autograder.wire.frames import is_list, is_object

TEXT_LIMIT = 20_000
"""Characters of text in one observation: what a probe reports has some hundred."""
NUMBER_LIMIT = 1 << 63

Fits = Callable[[Any], bool]


class Malformed(Exception):
    """An observation is not what its probe gives; the message says why, in the probe's words."""


def observed(function: Callable[..., Any], arguments: tuple[Any, ...], value: Any) -> Any:
    """Return `value`, which the probe `function` gave for `arguments`. Raises `Malformed`."""
    if function is labkit.probes.each:
        looks = [probe_named(module, name) for module, name, _, _ in arguments[0]]
        if not is_list(value) or len(value) != len(looks):
            raise Malformed("there is not one observation for each call")
        for look, one in zip(looks, value, strict=True):
            _check(look, one)
    else:
        _check(function, value)
    return value


def probe_named(module: str, name: str) -> Callable[..., Any]:
    """Return a probe by module and name."""
    return getattr(importlib.import_module(module), name)


def _check(function: Callable[..., Any], value: Any) -> None:
    if sum(map(len, _texts(value))) > TEXT_LIMIT:
        raise Malformed(f"an observation holds more than {TEXT_LIMIT:,} characters of text")
    if not declared(function)(value):
        raise Malformed(f"what {function.__name__} reports has other parts than it should")


@cache
def declared(function: Callable[..., Any]) -> Fits:
    """Return what tells whether a value is of the type that `function` is declared to return."""
    return _fits(get_type_hints(function, include_extras=True)["return"])


def _fits(hint: Any) -> Fits:
    """Return what tells whether a value is of the type `hint`: exactly, no subclass of it."""
    if hint is Any:
        return lambda value: True
    if hasattr(hint, "__required_keys__"):
        return _fits_fields(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return _fits(parts[0])
    if origin is Annotated:
        inner, allowed = _fits(parts[0]), parts[1]
        return lambda value: inner(value) and value in allowed
    if origin in (Union, types.UnionType):
        several = [_fits(part) for part in parts]
        return lambda value: any(fits(value) for fits in several)
    if origin is list:
        item = _fits(parts[0])
        return lambda value: is_list(value) and all(map(item, value))
    if hint is int:
        return lambda value: type(value) is int and abs(value) < NUMBER_LIMIT
    wanted = type(None) if hint is None else hint
    if not isinstance(wanted, type) or origin is not None:
        raise TypeError(f"a probe is declared to return {hint}, of which nothing is known here")
    return lambda value: type(value) is wanted


def _fits_fields(hint: Any) -> Fits:
    fields = {name: _fits(kind) for name, kind in get_type_hints(hint, include_extras=True).items()}
    required: frozenset[str] = hint.__required_keys__

    def fits(value: Any) -> bool:
        if not is_object(value) or not required <= value.keys() <= fields.keys():
            return False
        return all(fields[name](each) for name, each in value.items())

    return fits


def _texts(value: Any) -> Iterator[str]:
    """All texts in `value`, whose depth and number of parts the wire limits."""
    if type(value) is str:
        yield value
    elif type(value) in (list, tuple):
        for item in value:
            yield from _texts(item)
    elif is_object(value):
        for pair in value.items():
            yield from _texts(pair)
