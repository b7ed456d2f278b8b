"""Probes: what a check wants to see happen beside the student's objects.

A check never calls student code itself. It asks `probe` to run a function of this module, or of the
module or package `probes` of an assignment, which calls the student's code and returns plain
values: an observation. In a notebook that is an ordinary call. While grading, the run has a
`runner`, and the function runs in the sandbox that holds the student's objects. So a probe observes
and never judges: it holds no expected value and no label.
"""

import importlib
import io
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from typing import Annotated, Any, TypedDict

from labkit.copies import copy, keep, same
from labkit.failures import NO_FAILURE, failure
from labkit.run import current

Count = Annotated[int, range(1 << 40)]
"""A whole number in this range. A grader refuses observations that are not of the declared types.
"""
Call = tuple[Callable[..., Any], Sequence[Any], dict[str, Any]]
"""A probe, its arguments and its options."""

NOTHING_TO_CALL = "nothing to call"
"""Start of `raised` when there was no function: it is None, `...` or an ordinary value."""

PRINTED_LIMIT = 300


class Observation(TypedDict):
    """What one call of a student's function showed."""

    value: Any
    """What it returned; None if it raised."""
    raised: str
    """'' or the exception in words: 'TypeError: ...'."""
    types: list[str]
    """Names of the exception's classes that are Python's own or a library's, the closest first."""
    line: Count
    """Line of the cell that raised, from 1; 0 where nothing was raised or no cell's code did."""
    cell: Count
    """Number of that cell while grading; 0 in a notebook, which does not know it."""
    code: str
    """That line."""
    changed: list[Count]
    """Places, from 0 and positional ones first, of the arguments that the call changed in place."""
    printed: str
    """The first characters that it printed."""


def probe(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run the probe `function` beside the student's objects."""
    run = current().runner
    if run is None:
        return function(*args, **kwargs)
    return run(function, args, kwargs)


def probe_once(function: Callable[..., Any], *args: Any) -> Any:
    """`probe`, but while a grader scores a question, its checks share what one of them has seen.

    For observations that take long and do not change: the scores of a model, not whether a function
    gives the same twice. It is the same observation when the very same objects are looked at, with
    the same numbers.
    """
    seen = current().kept
    if seen is None:
        return probe(function, *args)
    # Whole numbers are the same by their value, all else if it is the very same object.
    key = (function, *(arg if type(arg) is int else (id(arg),) for arg in args))
    if key not in seen:
        seen[key] = (probe(function, *args), args)  # the arguments too: or an id could come again
    return seen[key][0]


def probe_each(calls: Sequence[Call]) -> list[Any]:
    """`probe` for several calls in one go, which saves a way to the sandbox and back for each.

    One observation for each call, in their order; where the sandbox gives anything else, None.
    """
    run = current().runner
    if run is None:
        return [function(*args, **options) for function, args, options in calls]
    told = [(look.__module__, look.__qualname__, args, options) for look, args, options in calls]
    seen = run(each, (told,), {})
    sound = type(seen) is list and len(seen) == len(calls)
    return seen if sound else [None] * len(calls)


def each(calls: Sequence[tuple[str, str, Sequence[Any], dict[str, Any]]]) -> list[Any]:
    """The other end of `probe_each`: (module, function, arguments, options) of every call."""
    return [
        getattr(importlib.import_module(module), name)(*args, **options)
        for module, name, args, options in calls
    ]


def observe(function: Any, *args: Any, **kwargs: Any) -> Observation:
    """Call a student's `function` on copies of arrays, tensors and lists; tell what happened.

    Every exception becomes words, `SystemExit` included. `KeyboardInterrupt` and a grader's own
    time limit, which is no `Exception`, pass through.
    """
    if not callable(function):
        told = NO_FAILURE | {"raised": f"{NOTHING_TO_CALL}: {_kind(function)}"}
        return Observation(value=None, changed=[], printed="", **told)
    given = [*args, *kwargs.values()]
    handed = [copy(argument) for argument in given]
    options = dict(zip(kwargs, handed[len(args) :], strict=True))
    value, told = None, NO_FAILURE
    with redirect_stdout(io.StringIO()) as output:
        try:
            value = keep(function(*handed[: len(args)], **options))
        except (Exception, SystemExit) as error:
            told = failure(error)
    pairs = enumerate(zip(given, handed, strict=True))
    return Observation(
        value=value,
        changed=[place for place, (before, after) in pairs if not same(before, after)],
        printed=output.getvalue()[:PRINTED_LIMIT],
        **told,
    )


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    return "..." if value is Ellipsis else f"a value of type {type(value).__name__}"
