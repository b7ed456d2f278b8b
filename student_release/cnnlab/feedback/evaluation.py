"""What is wrong with an evaluation (q11), from its result and the record of one run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from cnnlab.feedback.observed import CALL, Fields, Seen, call_failure, number_problem

PERCENT = 1e-3
"""Points of accuracy that float32 arithmetic may explain."""

FIELDS: Fields = {
    **CALL,
    "batches": int,
    "modes": [bool],
    "tracked": [bool],
    "same_images": [bool],
    "changed": bool,
    "mode": bool,
}


def evaluation_problem(seen: Any, expected: float, mistakes: Mapping[str, float]) -> str | None:
    """Is the returned accuracy `expected` percent (q11)? If not, why.

    Args:
        mistakes: from `accuracy_mistakes`.
    """
    failure = call_failure(seen, "q11", "evaluate", FIELDS)
    if failure:
        return failure
    record = evaluation_record_problem(seen)
    problem = number_problem(seen, "q11", "evaluate", "the accuracy in percent")
    if problem:
        return record if record and not seen["batches"] else problem
    got = float(seen["value"])
    if abs(got - expected) <= PERCENT:
        return record
    for sentence, wrong in mistakes.items():
        if abs(got - wrong) <= PERCENT:
            return f"q11: {sentence}."
    return record or (
        "q11: that is not the accuracy in percent: 100 times the number of images whose largest"
        " score stands at the right digit, divided by the number of images."
    )


def evaluation_record_problem(seen: Any) -> str | None:
    """What the record of one evaluation shows that cannot be right (q11)."""
    failure = call_failure(seen, "q11", "evaluate", FIELDS)
    if failure:
        return failure
    for wrong, sentence in _EVALUATION_CHECKS:
        if wrong(seen):
            return f"q11: {sentence}"
    return None


def left_behind_problem(seen: Any, training: bool) -> str | None:
    """Is the model as it was before evaluating it: in the same mode, with the same parameters?"""
    failure = call_failure(seen, "q11", "evaluate", FIELDS)
    if failure:
        return failure
    if seen["changed"]:
        return "q11: evaluating changed the model's parameters or left gradients in them."
    if not seen["modes"]:
        return "q11: the `model` that the function was given was never used."
    if seen["mode"] != training:
        was, is_now = ("training", "evaluation") if training else ("evaluation", "training")
        return (
            f"q11: the mode was not restored: the model came in {was} mode and left in {is_now}"
            " mode. Remember `model.training` at the start, and set that mode again at the end."
        )
    return None


_EVALUATION_CHECKS: Sequence[tuple[Callable[[Seen], bool], str]] = (
    (
        lambda seen: seen["value"] is None and not seen["batches"] and not seen["modes"],
        "evaluate does nothing yet: write it in the answer cell and run that cell.",
    ),
    (
        lambda seen: not seen["batches"],
        "the `loader` that the function was given was never read. Is a global loader used?",
    ),
    (lambda seen: not seen["modes"], "the `model` that the function was given was never used."),
    (
        lambda seen: any(seen["modes"]),
        "dropout was on: the model was evaluated in training mode. Switch to evaluation mode.",
    ),
    (
        lambda seen: seen["changed"],
        "evaluating changed the model's parameters or left gradients in them: it must only look.",
    ),
    (
        lambda seen: any(seen["tracked"]),
        "gradients were recorded while evaluating, which costs memory and time for nothing: use"
        " `torch.no_grad()`.",
    ),
    (
        lambda seen: not all(seen["same_images"]),
        "the model did not get the images as the loader gave them.",
    ),
)


def accuracy_mistakes(
    scores: torch.Tensor, labels: torch.Tensor, batch_size: int
) -> dict[str, float]:
    """What known mistakes return for these scores [N,10] and labels [N], in one sentence each."""
    right = scores.argmax(1).eq(labels).double()
    parts = right.split(batch_size)
    means = [float(part.mean()) for part in parts]
    share = float(right.mean())
    hits = float(right.sum())
    return {
        "that is a fraction: the accuracy is wanted in percent": share,
        "that is the number of right answers: divide it by the number of images": hits,
        "that is 100 times the number of right answers: divide it by the number of images": 100
        * hits,
        "that is the mean of the batches' accuracies, in which the images of a small last batch"
        " count more than others": 100 * sum(means) / len(means),
        "that is the mean of the batches' accuracies, and as a fraction": sum(means) / len(means),
        "that is the last batch's accuracy alone": 100 * means[-1],
        "that is the first batch's accuracy alone": 100 * means[0],
        "the number of right answers is divided by the number of batches, not of images": hits
        / len(parts),
        "100 times the right answers is divided by the number of batches, not of images": 100
        * hits
        / len(parts),
        "that is the error rate: count the right answers, not the wrong ones": 100 * (1 - share),
        "the accuracy is rounded to a whole number": float(round(100 * share)),
        "the accuracy is cut off to a whole number": float(int(100 * share)),
        "that is the result of the lesson's source, not of this model": 97.28,
    }
