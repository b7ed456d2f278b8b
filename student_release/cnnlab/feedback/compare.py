"""Compare a student's value with what was expected, and say in words what is wrong.

Every function is total: a student's value may be anything (None, `...`, a string, a huge or
subclassed tensor, NaN), and none of it raises here. NaN never compares equal.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from cnnlab.diagnosis import Cause, Diagnosis
from cnnlab.feedback.calls import is_observation
from cnnlab.feedback.pictures import show_shapes
from cnnlab.feedback.values import as_float64, in_words, is_plain, is_whole_type, kind, shape_of
from cnnlab.probes import NOTHING_TO_CALL, Observation

Mistakes = Mapping[str, torch.Tensor | Sequence[torch.Tensor]]
"""A sentence for each known mistake → what it returns, in one form or in several."""

TOLERANCE = 1e-4
"""Largest difference, relative to 1 + |expected|, that float32 arithmetic may explain."""


def missing(question: str, name: str, value: Any) -> str | None:
    """Is `name` still a stub, undefined, or something other than a function or class?"""
    if value is None or value is Ellipsis:
        return (
            f"{question}: {name} is not there yet. Write it in the answer cell and run that cell."
        )
    if is_plain(value):
        return (
            f"{question}: {name} is {kind(value)}, but it must be a function. Was it overwritten?"
        )
    return None


def agrees(got: Any, expected: Any, tolerance: float = TOLERANCE) -> bool:
    """Same shape and, everywhere, |got - expected| ≤ tolerance · (1 + |expected|)."""
    shape = shape_of(expected)
    if shape_of(got) != shape and not (shape in (None, ()) and shape_of(got) in (None, ())):
        return False
    left, right = as_float64(got), as_float64(expected)
    if left is None or right is None:
        return False
    # NaN compares False, and so does inf - inf; an infinite tolerance must not allow anything.
    close = (left - right).abs() <= tolerance * (1 + right.abs())
    return bool((close & right.isfinite()).all())


def tensor_problem(
    value: Any, shape: Sequence[int], *, name: str, integers: bool = False
) -> str | None:
    """The text of `tensor_symptom`."""
    symptom = tensor_symptom(value, shape, name=name, integers=integers)
    return symptom.text if symptom else None


def tensor_symptom(
    value: Any, shape: Sequence[int], *, name: str, integers: bool = False
) -> Diagnosis | None:
    """Why `value` cannot be the tensor of `shape` that `name` should return; None if it can.

    `integers` allows whole-number types. NumPy arrays are as good as tensors.
    """
    if value is None:
        text = f"{name} returned None: it is not written yet, or its `return` is missing"
        return Diagnosis(text, symptom="none")
    if value is Ellipsis:
        return Diagnosis(f"{name} returned `...`: the answer is still to be written", (), "none")
    if issubclass(type(value), (list, tuple)):
        inside = " with one entry: is there a comma too many after `return`?"
        single = issubclass(type(value), tuple) and tuple.__len__(value) == 1
        text = f"{name} returned {kind(value)}{inside if single else ', not a tensor'}"
        return Diagnosis(text, symptom="kind")
    got = shape_of(value)
    if got is None and type(value) in (int, float) and not shape:
        got = ()
    if got is None:
        text = f"{name} returned {kind(value)}, not {'a tensor' if shape else 'a number'}"
        return Diagnosis(text, symptom="kind")
    if got != tuple(shape):
        return Diagnosis(f"{name} returned {_shape_words(got, shape)}", symptom="wrong_shape")
    text = _number_problem(value, name, integers)
    return Diagnosis(text, symptom="numbers") if text else None


def _shape_words(got: Sequence[int], shape: Sequence[int]) -> str:
    wanted = in_words(shape)
    if not shape:
        return f"a tensor of shape {in_words(got)} where a single number is expected"
    if not got:
        return f"a single number where a tensor of shape {wanted} is expected"
    if len(got) != len(shape):
        return f"{len(got)} dimensions ({in_words(got)}) where {len(shape)} are expected ({wanted})"
    return f"a result of shape {in_words(got)} where {wanted} is expected"


def _number_problem(value: Any, name: str, integers: bool) -> str | None:
    numbers = as_float64(value)
    if numbers is None:
        return f"{name} returned something other than real numbers (True/False, complex or text)"
    if bool(numbers.isnan().any()):
        return f"the result of {name} contains NaN (not a number)"
    if bool(numbers.isinf().any()):
        return f"the result of {name} contains infinity"
    if not integers and is_whole_type(value):
        return (
            f"{name} returned whole numbers: the digits after the point were cut off. "
            "Give the output the input's dtype"
        )
    return None


def common_causes(expected: torch.Tensor) -> dict[Cause, torch.Tensor]:
    """Ways to spoil a right result that any function may have, and what each would return."""
    causes = {
        Cause("sign", "the result is right, but with the opposite sign"): -expected,
        Cause(
            "abs", "the result is right, but without its signs: is there an `abs` too many?"
        ): expected.abs(),
        Cause(
            "twice",
            "every number is twice what it should be: is something added twice, or kept from an "
            "earlier call?",
        ): 2 * expected,
        Cause("squeezed", "sides of length 1 are dropped: keep all dimensions"): expected.squeeze(),
    }
    if expected.dim():
        causes[
            Cause(
                "whole_numbers",
                "the result is right, but cut off to whole numbers: give the output the input's "
                "dtype",
            )
        ] = expected.trunc()
    if expected.dim() >= 2:
        swapped = Cause("transposed", "rows and columns of the result are swapped")
        causes[swapped] = expected.transpose(-1, -2)
        turned = Cause("half_turn", "the result is turned by half a turn")
        causes[turned] = expected.flip(-1, -2)
    return causes


def common_mistakes(expected: torch.Tensor) -> dict[str, torch.Tensor]:
    """`common_causes` by their texts."""
    return {cause.text: wrong for cause, wrong in common_causes(expected).items()}


def diagnose(
    seen: Observation | Any,
    expected: torch.Tensor,
    mistakes: Mistakes,
    *,
    question: str,
    name: str,
    case: str,
    hint: str = "",
    integers: bool = False,
    tolerance: float = TOLERANCE,
) -> str | None:
    """What is wrong with one observed call; None if it is right.

    Args:
        seen: what `cnnlab.probes.observe` reported.
        expected: the right result.
        mistakes: what known mistakes return on the same inputs; the first that agrees is named.
        case: the input in words: 'a 6×9 image with a 3×3 kernel'.
        hint: what to look at when the call stopped with an error: '' or a sentence.
        integers: whether a whole-number dtype is as good as a floating one.
    """
    problem = call_problem(seen, name=name, hint=hint)
    if problem is None:
        value = seen["value"]
        unfit = tensor_problem(value, tuple(expected.shape), name=name, integers=integers)
        if unfit is None and agrees(value, expected, tolerance):
            problem = _changed_words(seen, name)
            if problem is None:
                return None
        else:
            named = _named(value, expected, mistakes, tolerance)
            problem = named or unfit or _unnamed(value, name)
            got = shape_of(value)
            if got is not None and got != tuple(expected.shape) and problem == unfit:
                show_shapes(got, expected.shape)
    stop = "" if problem.endswith(("?", ".", "!")) else "."
    return f"{question}: {problem}{stop} (Seen on {case}.)"


def call_problem(seen: Any, *, name: str, hint: str = "") -> str | None:
    """Did the call fail, or print its result instead of returning it?"""
    if not is_observation(seen):
        return f"{name} could not be observed"
    raised, printed = seen["raised"], seen["printed"]
    if raised.startswith(NOTHING_TO_CALL):
        return f"{name} is not there yet. Write it in the answer cell and run that cell"
    if raised:
        return f"{name} stopped with an error: {raised}" + (f". {hint}" if hint else "")
    if seen["value"] is None and printed:
        return f"{name} prints its result and returns None: end it with `return`"
    return None


def _changed_words(seen: Observation, name: str) -> str | None:
    """Did the observed call change an argument in place? The observation has all its fields."""
    if not seen["changed"]:
        return None
    place = seen["changed"][0] + 1
    return f"{name} changes its input (argument {place}) in place: work on a new tensor"


def _named(value: Any, expected: torch.Tensor, mistakes: Mistakes, tolerance: float) -> str | None:
    for sentence, forms in {**mistakes, **common_mistakes(expected)}.items():
        for wrong in [forms] if isinstance(forms, torch.Tensor) else forms:
            if agrees(value, wrong, tolerance) and not agrees(wrong, expected, tolerance):
                return sentence
    return None


def _unnamed(value: Any, name: str) -> str:
    numbers = as_float64(value)
    if numbers is not None and numbers.numel() > 1 and bool((numbers == numbers.max()).all()):
        return f"{name} returns the same number everywhere"
    if numbers is not None and numbers.dim() == 0:
        return f"{name} returns a number, but not the right one"
    return f"the shape of the result of {name} is right, but its values are not"


def unsupported_by_torch(seen: Any) -> bool:
    """Did torch itself lack the operation for whole numbers? (`F.unfold` knows only floats.)"""
    return isinstance(seen, dict) and "not implemented for '" in str(seen.get("raised", ""))


def with_numbers(problem: str, seen: Any, expected: torch.Tensor) -> str:
    """Add the expected and the returned numbers: for public examples only, whose numbers are known.

    Numbers are left out where the value is no small tensor.
    """
    got = as_float64(seen["value"]) if isinstance(seen, dict) and "value" in seen else None
    lines = [problem, f"Expected: {_rounded(expected.double())}"]
    if got is not None and got.numel() <= 100:
        lines.append(f"Yours:    {_rounded(got)}")
    return "\n".join(lines)


def _rounded(numbers: torch.Tensor) -> str:
    return str((numbers.round(decimals=4) + 0.0).tolist())
