"""What most checks do: call a student's function on some inputs and compare what it returns.

`compare` goes from "is it there?" over what can be seen (an error, None, zeros, a wrong shape) to
the cause. Numbers decide whether an answer is right. A cause is told only if it is the only known
mistake that fits everything that was seen, over all inputs of the check.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from cnnlab.feedback.calls import call_symptom, is_observation, with_print
from cnnlab.feedback.compare import (
    TOLERANCE,
    agrees,
    common_causes,
    tensor_symptom,
    unsupported_by_torch,
)
from cnnlab.feedback.compared import SHOWN_CALLS, compared
from cnnlab.feedback.pictures import show_shapes
from cnnlab.feedback.same_numbers import CONSTANT, degenerate, is_constant, kept_state
from cnnlab.feedback.values import as_float64, is_plain, kind, shape_of
from cnnlab.probes import Observation, observe, probe_each
from labkit.diagnosis import Cause, CheckFailed, Diagnosis, caused, fail, sentence, with_text
from labkit.evidence import show
from labkit.run import current


class _Raises:
    """In a table of mistakes: this mistake stops with an error on these inputs."""


RAISES = _Raises()
SIZE_ERRORS = frozenset({"IndexError", "RuntimeError", "ValueError"})
"""What code raises that goes beyond a tensor or meets one of another size."""

Form = torch.Tensor | _Raises
Forms = Form | Sequence[Form] | Callable[[Any], bool]
Mistakes = Mapping[Cause, Forms]
"""What each known mistake returns on one set of inputs: in one form, in several, or by a predicate.

A mistake that is not in the table, or has no form, says nothing about these inputs.
"""


@dataclass(frozen=True)
class Case:
    """One call of the student's function."""

    words: str
    """The inputs in words: 'a 6×9 image and a 3×3 kernel of random numbers'."""
    inputs: tuple[Any, ...]
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    look: Callable[..., Observation] = observe
    """The probe that calls the function."""
    whole: bool = False
    """The inputs are whole numbers. The result may be so, too, or torch may lack the operation."""


def no_mistakes(*_inputs: Any, **_options: Any) -> Mistakes:
    """The table for a check that knows of no mistakes but the common ones."""
    return {}


def require(question: str, name: str, value: Any) -> None:
    """Raise `CheckFailed` where `name` is undefined, a stub, or no function or class."""
    if value is None or value is Ellipsis:
        text = f"{name} is not there yet. Write it in the answer cell and run that cell"
        fail(Diagnosis(sentence(question, text), symptom="missing"))
    if is_plain(value):
        text = f"{name} is {kind(value)}, but it must be a function. Was it overwritten?"
        fail(Diagnosis(sentence(question, text), symptom="overwritten"))


def compare(
    question: str,
    name: str,
    function: Any,
    cases: Sequence[Case],
    expected: Callable[..., torch.Tensor] | Sequence[torch.Tensor],
    mistakes: Callable[..., Mistakes] = no_mistakes,
    *,
    public: bool = False,
    integers: bool = False,
    single: bool = False,
    tolerance: float = TOLERANCE,
) -> None:
    """Raise `CheckFailed` unless `function` returns the right tensor for each of `cases`.

    Args:
        expected: the right result as a function of a case's inputs, or one result a case.
        mistakes: what known mistakes return, as a function of a case's inputs.
        public: the check's inputs may be seen: tell expected and returned numbers, the text of an
            exception, and what the function printed.
        integers: a whole-number dtype is as good as a floating one.
        single: a number is asked for, and a tensor of any shape that holds one is as good.
    """
    require(question, name, function)
    calls = [(case.look, (function, *case.inputs), dict(case.options)) for case in cases]
    seen = probe_each(calls)
    if callable(expected):
        right = [expected(*case.inputs, **case.options) for case in cases]
    else:
        right = list(expected)
    judged = [
        Judged(case, one, correct, name, integers or case.whole, single, tolerance)
        for case, one, correct in zip(cases, seen, right, strict=True)
        if not (case.whole and unsupported_by_torch(one))
    ]
    fail(difference(question, judged, mistakes, public))


@dataclass(frozen=True)
class Judged:
    """One call, what it showed and what it should have returned."""

    case: Case
    seen: Any
    right: torch.Tensor
    name: str
    integers: bool = False
    single: bool = False
    tolerance: float = TOLERANCE

    @property
    def value(self) -> Any:
        value = self.seen["value"] if is_observation(self.seen) else None
        shape = shape_of(value) if self.single else None
        number = as_float64(value) if shape and math.prod(shape) == 1 else None
        return value if number is None else number.reshape(())

    @property
    def wrong(self) -> Diagnosis | None:
        """What is wrong with this call by itself, without a question and a cause."""
        failed = call_symptom(self.seen, self.name)
        if failed:
            return failed
        unfit = tensor_symptom(
            self.value, tuple(self.right.shape), name=self.name, integers=self.integers
        )
        if unfit or agrees(self.value, self.right, self.tolerance):
            return unfit
        return Diagnosis(_unnamed(self.value, self.name), symptom="values")

    def fits(self, forms: Forms) -> bool:
        """Did this call do what a mistake with these `forms` does?"""
        if callable(forms):
            return forms(self.value)
        several = [forms] if isinstance(forms, torch.Tensor | _Raises) else forms
        return any(
            self._raised_for_size()
            if isinstance(form, _Raises)
            else agrees(self.value, form, self.tolerance)
            for form in several
        )

    def _raised_for_size(self) -> bool:
        return is_observation(self.seen) and bool(SIZE_ERRORS & set(self.seen["types"]))


def difference(
    question: str, judged: Sequence[Judged], mistakes: Callable[..., Mistakes], public: bool
) -> Diagnosis | None:
    """What is wrong with these calls, taken together; None if all are right."""
    problems = [each.wrong for each in judged]
    failing = [each for each, problem in zip(judged, problems, strict=True) if problem]
    if not failing:
        return _changed(question, judged)
    first, problem = failing[0], next(filter(None, problems))
    if current().explaining:
        show("compared", [compared(each) for each in failing[:SHOWN_CALLS]])
    diagnosis = _explained(question, judged, failing, problem, mistakes)
    if problem.symptom == "wrong_shape":
        show_shapes(shape_of(first.value) or (), first.right.shape)
    return _with_what_was_seen(diagnosis, first) if public else diagnosis


def _explained(
    question: str,
    judged: Sequence[Judged],
    failing: Sequence[Judged],
    problem: Diagnosis,
    mistakes: Callable[..., Mistakes],
) -> Diagnosis:
    where = failing[0].case.words
    told = sentence(question, problem.text, where)
    seen_first = Diagnosis(told, problem.causes, problem.symptom, problem.place)
    if (
        degenerate(failing)
        or problem.causes
        or problem.symptom in ("missing", "none", "unreadable", "kind")
    ):
        return seen_first
    if is_constant(judged):
        return caused(question, CONSTANT, where)
    cause = sole_cause(judged, mistakes) or kept_state(judged)
    cause = cause or next(filter(None, map(changed_input, failing)), None)
    if cause is None:
        return seen_first
    if problem.symptom in ("wrong_shape", "raised"):
        told = sentence(question, f"{problem.text}: {cause.text}", where)
        return Diagnosis(told, (cause.id,), problem.symptom, problem.place)
    return caused(question, cause, where)


def sole_cause(judged: Sequence[Judged], mistakes: Callable[..., Mistakes]) -> Cause | None:
    """The only cause that fits every call, the right ones included; None for none or several.

    The check's own mistakes come first; those that any function may have, only where none fits.
    """
    own = _fitting(judged, [mistakes(*one.case.inputs, **one.case.options) for one in judged])
    found = own or _fitting(judged, [common_causes(one.right) for one in judged])
    return found[0] if len(found) == 1 else None


def _fitting(judged: Sequence[Judged], tables: Sequence[Mistakes]) -> list[Cause]:
    """The causes that fit every call, and that some of them shows.

    Wrong numbers show a mistake. An error has many reasons: it shows one only where it comes in
    the calls that the mistake stops, and another one is right.
    """
    fits: dict[Cause, bool] = {}
    shown: set[Cause] = set()
    right = any(one.wrong is None for one in judged)
    for one, table in zip(judged, tables, strict=True):
        wrong = one.wrong is not None
        for cause, forms in table.items():
            if not isinstance(forms, Sequence) or len(forms):
                fits[cause] = fits.get(cause, True) and one.fits(forms)
                if wrong and (right or as_float64(one.value) is not None):
                    shown.add(cause)
    return [cause for cause, fit in fits.items() if fit and cause in shown]


def _changed(question: str, judged: Sequence[Judged]) -> Diagnosis | None:
    """Right results, but did a call change its inputs in place?"""
    for each in judged:
        if cause := changed_input(each):
            return caused(question, cause, each.case.words)
    return None


def changed_input(one: Judged) -> Cause | None:
    """Did a call change one of its inputs in place?"""
    changed = one.seen["changed"] if is_observation(one.seen) else []
    if not changed:
        return None
    text = f"{one.name} changes its input (argument {changed[0] + 1}) in place: "
    return Cause("changes_input", text + "work on a new tensor")


def _unnamed(value: Any, name: str) -> str:
    numbers = as_float64(value)
    if numbers is not None and numbers.numel() > 1 and not numbers.any():
        return f"{name} returns zeros only: is anything written into the result?"
    if numbers is not None and numbers.numel() > 1 and bool((numbers == numbers.max()).all()):
        return f"{name} returns the same number everywhere"
    if numbers is not None and numbers.dim() == 0:
        return f"{name} returns a number, but not the right one"
    return f"the shape of the result of {name} is right, but its values are not"


def _with_what_was_seen(diagnosis: Diagnosis, first: Judged) -> Diagnosis:
    """`diagnosis` of a public check, with its numbers and what the function printed."""
    shown = call_symptom(first.seen, first.name, public=True)
    if shown and shown.symptom == "raised":
        bare = call_symptom(first.seen, first.name)
        text = diagnosis.text.replace(bare.text if bare else "", shown.text)
        diagnosis = Diagnosis(text, diagnosis.causes, diagnosis.symptom, shown.place)
    numbers = as_float64(first.value)
    if diagnosis.symptom not in ("missing", "raised"):
        diagnosis = with_text(diagnosis, f"Expected: {_rounded(first.right.double())}")
    if numbers is not None and numbers.numel() <= 100:
        diagnosis = with_text(diagnosis, f"Yours:    {_rounded(numbers)}")
    return with_print(diagnosis, first.seen)


def _rounded(numbers: torch.Tensor) -> str:
    return str((numbers.round(decimals=4) + 0.0).tolist())


__all__ = ["RAISES", "Case", "CheckFailed", "Mistakes", "compare", "require"]
