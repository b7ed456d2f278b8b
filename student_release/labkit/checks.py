"""Compare a student's function with what it should give, and say what is wrong.

A check in a notebook is three lines:

    cases = [Case("a short list", ([1.0, 2.0],)), Case("one number", ([3.0],))]
    compare("q1", "mean_of_squares", mean_of_squares, cases, right, {FORGOT: without_squares})

`right` is a function of the same arguments, or a list of what it gives for each case; the values of
the last argument are functions, too. A mistake is named
only if it gives, on every case, what the student's function gave.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from labkit.calls import call_symptom, with_print
from labkit.diagnosis import Cause, Diagnosis, fail, one_of, sentence
from labkit.evidence import show_shapes
from labkit.probes import Observation, observe, probe_each
from labkit.tables import is_table, table_difference
from labkit.words import with_article

RELATIVE, ABSOLUTE = 1e-6, 1e-9
"""How far two numbers may be apart that count as the same."""


@dataclass(frozen=True)
class Case:
    """One call: what it is called with, and how a message names that."""

    seen_on: str
    arguments: tuple[Any, ...]


def compare(
    question: str,
    name: str,
    function: Any,
    cases: Sequence[Case],
    right: Callable[..., Any] | Sequence[Any],
    mistakes: Mapping[Cause, Callable[..., Any]] | None = None,
    *,
    public: bool = False,
) -> None:
    """Check what `function`, called `name`, gives for each case. Raises `CheckFailed`.

    `public`: the student may see inputs and numbers.
    """
    seen = probe_each([(observe, (function, *case.arguments), {}) for case in cases])
    for case, one in zip(cases, seen, strict=True):
        if found := _fault(question, name, one, public):
            fail(replace(found, text=_with_input(found.text, case, public)))
    values = [one["value"] for one in seen]
    expected = [right(*each.arguments) for each in cases] if callable(right) else list(right)
    pairs = list(zip(values, expected, strict=True))
    wrong = next((place for place, (got, want) in enumerate(pairs) if not same(got, want)), None)
    if wrong is None:
        return
    fitting = [
        cause
        for cause, mistaken in (mistakes or {}).items()
        if all(map(same, values, _results(mistaken, cases)))
    ]
    got, want, case = values[wrong], expected[wrong], cases[wrong]
    if not fitting:
        _show_shapes(got, want)
    shown = f" It returned {_text(got)}, not {_text(want)}" if public else ""
    told = one_of(question, fitting, f"{name} {_difference(got, want)}", case.seen_on)
    fail(with_print(replace(told, text=told.text + shown + ("." if shown else "")), seen[wrong]))


def compare_value(
    question: str,
    name: str,
    value: Any,
    right: Any,
    mistakes: Mapping[Cause, Any] | None = None,
) -> None:
    """Check a value that a student has worked out. Raises `CheckFailed`."""
    if value is None or value is ...:
        text = f"{name} is not there yet. Write it in the answer cell and run that cell"
        fail(Diagnosis(sentence(question, text), symptom="missing"))
    if not same(value, right):
        fitting = [cause for cause, wrong in (mistakes or {}).items() if same(value, wrong)]
        if not fitting:
            _show_shapes(value, right)
        fail(one_of(question, fitting, f"{name} {_difference(value, right)}"))


def same(got: Any, want: Any) -> bool:
    """Whether two values are equal: numbers, arrays and tables nearly, whatever holds them."""
    if isinstance(want, (list, tuple)) and isinstance(got, (list, tuple)):
        return len(got) == len(want) and all(map(same, got, want))
    if isinstance(want, dict) and isinstance(got, dict):
        return got.keys() == want.keys() and all(same(got[key], want[key]) for key in want)
    if is_table(want):
        return not table_difference(got, want, RELATIVE, ABSOLUTE)
    if _is_plain(want) or _is_plain(got):
        return type(got) is type(want) and bool(got == want)
    a, b = _numbers(got), _numbers(want)
    if a is None or b is None or a.shape != b.shape:
        return False
    return bool(np.allclose(a, b, RELATIVE, ABSOLUTE, equal_nan=True))


def _results(mistaken: Callable[..., Any], cases: Sequence[Case]) -> list[Any]:
    """Return what a mistake gives; where it cannot be computed, something that nothing equals."""
    found: list[Any] = []
    for case in cases:
        try:
            found.append(mistaken(*case.arguments))
        except (ArithmeticError, LookupError, TypeError, ValueError):
            found.append(object())
    return found


def _fault(question: str, name: str, seen: Any, public: bool) -> Diagnosis | None:
    """Return what keeps the result of a call from being compared."""
    if found := call_symptom(seen, name, public):
        return replace(found, text=sentence(question, found.text))
    observation: Observation = seen
    if observation["value"] is None:
        text = f"{name} returned None: is the `return` missing?"
        return Diagnosis(sentence(question, text), symptom="none")
    if observation["changed"]:
        number = observation["changed"][0] + 1
        text = f"{name} changes its input (argument {number}) in place: work on a copy of it"
        return Diagnosis(sentence(question, text), ("changes_its_input",), "changed")
    return None


def _with_input(text: str, case: Case, public: bool) -> str:
    inputs = f": {', '.join(map(_text, case.arguments))}" if public else ""
    return f"{text} (Seen on {case.seen_on}{inputs}.)"


def _difference(got: Any, want: Any) -> str:
    """Return what is different in kind, else that the numbers are."""
    if is_table(want):
        return table_difference(got, want, RELATIVE, ABSOLUTE)
    a, b = _numbers(got), _numbers(want)
    if a is None or b is None:
        return (
            f"gives {with_article(type(got).__name__)}, not {with_article(type(want).__name__)}"
            if (type(got) is not type(want))
            else "does not give the right result"
        )
    if a.shape != b.shape:
        return f"has the shape {a.shape}, not {b.shape}"
    if not np.isfinite(a).all() and np.isfinite(b).all():
        return "gives numbers that are not finite"
    return "does not give the right numbers"


def _show_shapes(got: Any, want: Any) -> None:
    """Let the feedback draw both shapes where they differ: the message says them, too."""
    a, b = _numbers(got), _numbers(want)
    if a is not None and b is not None and a.shape != b.shape:
        show_shapes("shapes", b.shape, a.shape)


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, bytes, set, frozenset))


def _numbers(value: Any) -> Any:
    """Return `value` as an array of numbers; None where it is none."""
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        return None
    return array.astype(np.complex128) if array.dtype.kind in "biufc" else None


def _text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        text = np.array2string(value, threshold=12, precision=4)
    elif isinstance(value, set):  # in the same order every time
        text = f"{{{', '.join(sorted(map(repr, value)))}}}" if value else "set()"
    else:
        text = repr(value)
    return text if len(text) <= 120 else text[:120] + " …"
