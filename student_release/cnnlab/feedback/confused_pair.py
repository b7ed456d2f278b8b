"""What is wrong with the pair of digits that is read from a confusion matrix (q13)."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from cnnlab.feedback.calls import call_symptom, is_observation, with_print
from cnnlab.feedback.pair_mistakes import NAME, PAIR_MISTAKES, Pair, beside_diagonal, largest
from cnnlab.feedback.values import as_float64, kind
from labkit.diagnosis import Cause, Diagnosis, caused, sentence, with_text


def pair_problem(
    seen: Sequence[Any], matrices: Sequence[Tensor], public: bool = False
) -> Diagnosis | None:
    """Is each pair (true, predicted) a largest entry beside the diagonal? Any of ties is."""
    pairs = [_whole_pair(each["value"]) if is_observation(each) else None for each in seen]
    for each, pair, matrix in zip(seen, pairs, matrices, strict=True):
        problem = _unfit(each, pair, matrix, public)
        right = largest(beside_diagonal(matrix))
        if pair is not None and pair not in right:
            problem = _explained(pairs, matrices, problem)
            if public:
                problem = with_text(problem, _shown(matrix, right, pair))
        if problem is None and each["changed"]:
            text = f"{NAME} changes its matrix: work on a copy (`clone`)"
            problem = caused("q13", Cause("changes_input", text))
        if problem:
            return with_print(problem, each) if public else problem
    return None


def _shown(matrix: Tensor, right: set[Pair], pair: Pair) -> str:
    expected = " or ".join(map(str, sorted(right)))
    return f"Matrix:   {matrix.tolist()}\nExpected: {expected}\nYours:    {pair}"


def _unfit(seen: Any, pair: Pair | None, matrix: Tensor, public: bool) -> Diagnosis | None:
    """Why a call gave no pair of two classes at all."""
    failed = call_symptom(seen, NAME, public)
    if failed:
        return Diagnosis(sentence("q13", failed.text), failed.causes, failed.symptom, failed.place)
    if pair is None:
        returned = f"{NAME} returned {_described(seen['value'])}"
        text = f"{returned}; two digits are expected: (true, predicted)"
        return Diagnosis(sentence("q13", text), symptom="kind")
    if not all(0 <= digit < len(matrix) for digit in pair):
        text = (
            f"{NAME} returned a number that isn't one of the classes 0 to {len(matrix) - 1}: is it"
            " a position in the flattened matrix, or the count itself?"
        )
        return Diagnosis(sentence("q13", text), symptom="numbers")
    return None


def _explained(
    pairs: Sequence[Pair | None], matrices: Sequence[Tensor], otherwise: Diagnosis | None
) -> Diagnosis:
    """The one mistake that gives every pair; else what is wrong with one, or what is asked."""
    fitting = [
        cause
        for cause, wrong in PAIR_MISTAKES.items()
        if all(pair in wrong(matrix) for pair, matrix in zip(pairs, matrices, strict=True))
    ]
    if len(fitting) == 1:
        return caused("q13", fitting[0])
    text = f"{NAME} did not return the place of the largest entry beside the diagonal"
    return otherwise or Diagnosis(sentence("q13", text), symptom="values")


def _whole_pair(value: Any) -> Pair | None:
    if issubclass(type(value), (list, tuple)):
        items = [as_float64(item) for item in list(value)[:3]]
        if any(item is None or item.numel() != 1 for item in items):
            return None
        numbers = [float(item) for item in items if item is not None]
    else:
        table = as_float64(value)
        if table is None or table.dim() != 1:
            return None
        numbers = [float(number) for number in table[:3]]
    if len(numbers) != 2 or any(number != number // 1 or abs(number) > 1e9 for number in numbers):
        return None
    return int(numbers[0]), int(numbers[1])


def _described(value: Any) -> str:
    if issubclass(type(value), (list, tuple)):
        return f"{kind(value)} of {len(value)}"
    return kind(value)
