"""Probes: what a check wants to see happen beside the student's objects.

A check never calls student code itself. It asks `probe` to run a function of this package, which
calls the student's code and returns plain values: an observation. In a notebook that is an
ordinary call. While grading, `runner` is set, and the function runs in the sandbox that holds the
student's objects. So a probe observes and never judges: it holds no expected value and no label.
"""

import importlib
import io
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from contextvars import ContextVar
from typing import Annotated, Any, TypedDict

import numpy as np
import torch

from cnnlab.probes.failures import NO_FAILURE, failure

Runner = Callable[[Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]
Count = Annotated[int, range(1 << 40)]
"""A whole number in this range. A grader refuses observations that are not of the declared types.
"""
Call = tuple[Callable[..., Any], Sequence[Any], dict[str, Any]]
"""A public function of `cnnlab.probes`, its arguments and its options."""

runner: ContextVar[Runner | None] = ContextVar("cnnlab_probe_runner", default=None)
"""Who runs probes: None calls them here; a grader sets a function that runs them elsewhere."""

kept: ContextVar[dict[tuple[Any, ...], tuple[Any, Any]] | None] = ContextVar(
    "cnnlab_probes_kept", default=None
)
"""What `probe_once` has seen, with the arguments; None where every check looks for itself."""

NOTHING_TO_CALL = "nothing to call"
"""Start of `raised` when there was no function: it is None, `...` or an ordinary value."""

_equal = torch.equal  # taken before a submission can put another in its place
PRINTED_LIMIT = 300
COPIED = 10_000_000
"""Elements up to which a result is copied: an expanded tensor may claim to have any number."""


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
    """Run `function`, a public function of `cnnlab.probes`, beside the student's objects."""
    run = runner.get()
    if run is None:
        return function(*args, **kwargs)
    return run(function, args, kwargs)


def probe_once(function: Callable[..., Any], *args: Any) -> Any:
    """`probe`, but while a grader scores a question, its checks share what one of them has seen.

    For observations that take long and do not change: the scores of a model, not whether a function
    gives the same twice. It is the same observation when the very same objects are looked at, with
    the same numbers.
    """
    seen = kept.get()
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
    run = runner.get()
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
    """Call a student's `function` on copies of the tensors and lists, and tell what happened.

    Every exception becomes words, `SystemExit` included. `KeyboardInterrupt` and a grader's own
    time limit, which is no `Exception`, pass through.
    """
    if not callable(function):
        told = NO_FAILURE | {"raised": f"{NOTHING_TO_CALL}: {_kind(function)}"}
        return Observation(value=None, changed=[], printed="", **told)
    given = [*args, *kwargs.values()]
    handed = [_copy(argument) for argument in given]
    options = dict(zip(kwargs, handed[len(args) :], strict=True))
    value, told = None, NO_FAILURE
    with redirect_stdout(io.StringIO()) as output:
        try:
            value = _kept(function(*handed[: len(args)], **options))
        except (Exception, SystemExit) as error:
            told = failure(error)
    pairs = enumerate(zip(given, handed, strict=True))
    return Observation(
        value=value,
        changed=[place for place, (before, after) in pairs if not _same(before, after)],
        printed=output.getvalue()[:PRINTED_LIMIT],
        **told,
    )


def observe_strided(function: Any, *args: Any, **kwargs: Any) -> Observation:
    """`observe`, with a first tensor that is not contiguous in memory: every second pixel of one.

    The view is made here because a tensor loses its strides on its way to the sandbox.
    """
    return observe(function, *(_strided(argument) for argument in args[:1]), *args[1:], **kwargs)


def _kept(value: Any) -> Any:
    """A copy of a plain tensor or array, which a later call may change in place."""
    if type(value) is torch.Tensor and value.layout is torch.strided and value.numel() <= COPIED:
        return value.clone()
    if type(value) is np.ndarray and value.size <= COPIED:
        return value.copy()
    return value


def _copy(value: Any) -> Any:
    if type(value) in (list, tuple):
        return type(value)(map(_copy, value))
    if type(value) is dict:
        return dict(zip(value, map(_copy, value.values()), strict=True))
    if not isinstance(value, torch.Tensor):
        return value
    # clone() would make a strided view contiguous.
    same = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device=value.device)
    return same.copy_(value.detach()).requires_grad_(value.requires_grad)


def _same(before: Any, after: Any) -> bool:
    """Is an argument as it was before the call? Types first: a student's `==` may do anything.

    Only tensors, numbers, text, and lists, tuples and dictionaries of them are looked at.
    """
    if isinstance(before, torch.Tensor) and isinstance(after, torch.Tensor):
        kind, now = ((t.shape, t.dtype, t.device, t.layout) for t in (before, after))
        if kind != now or before.is_meta or _equal(before, after):
            return kind == now
        # NaN is not equal to itself, but it has not changed.
        return bool((before.eq(after) | (before.isnan() & after.isnan())).all())
    if type(before) is not type(after):
        return False
    if type(before) is dict:
        return _same(list(before.items()), list(after.items()))
    if type(before) in (list, tuple):
        return len(before) == len(after) and all(map(_same, before, after))
    return before is after or type(before) not in (bool, int, float, str) or before == after


def _strided(value: Any) -> Any:
    if not isinstance(value, torch.Tensor) or value.dim() == 0:
        return value
    roomy = value.new_zeros([2 * side for side in value.shape])
    view = roomy[tuple(slice(None, None, 2) for _ in value.shape)]
    return view.copy_(value)


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    return "..." if value is Ellipsis else f"a value of type {type(value).__name__}"
