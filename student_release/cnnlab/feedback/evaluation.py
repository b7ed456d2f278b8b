"""What is wrong with an evaluation (q11): the accuracy decides, the record of one run explains."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from cnnlab.diagnosis import Cause, Diagnosis, caused, one_of, sentence
from cnnlab.feedback.calls import failed_call, is_observation, number_symptom, with_print
from cnnlab.feedback.observed import Fields, Seen, sound

QUESTION, NAME = "q11", "evaluate"
PERCENT = 1e-3
"""Points of accuracy that float32 arithmetic may explain."""

FIELDS: Fields = {
    "call": dict,
    "batches": int,
    "modes": [bool],
    "tracked": [bool],
    "same_images": [bool],
    "changed": bool,
    "mode": bool,
}


def accuracy_problem(
    seen: Sequence[Any],
    expected: Sequence[float],
    mistakes: Sequence[Mapping[Cause, float]],
    public: bool = False,
) -> Diagnosis | None:
    """Are the returned accuracies, in percent, right? If not, which one mistake explains them all?

    Args:
        seen: the records of `cnnlab.probes.training.evaluation`, one for each run.
        mistakes: from `accuracy_mistakes`, one table for each run.
    """
    for record, right in zip(seen, expected, strict=True):
        problem = _failure(record, public) or number_symptom(
            record["call"], QUESTION, NAME, "the accuracy in percent", public
        )
        if problem:
            return problem
        if abs(_value(record) - right) > PERCENT:
            told = _explained(record, seen, mistakes)
            if not public:
                return told
            numbers = f"Expected: {right:.4f}\nYours:    {_value(record):.4f}"
            told = Diagnosis(f"{told.text}\n{numbers}", told.causes, told.symptom)
            return with_print(told, record["call"])
    return None


def _explained(
    first: Seen,
    seen: Sequence[Any],
    mistakes: Sequence[Mapping[Cause, float]],
) -> Diagnosis:
    records = [record for record in seen if not _failure(record, False)]
    values = [record["call"]["value"] for record in records]
    for cause, shows in _SIGNS:
        if shows(first):
            return caused(QUESTION, cause)
    fitting = [
        cause
        for cause in mistakes[0]
        if len(values) == len(mistakes)
        and all(
            isinstance(value, int | float) and abs(value - table[cause]) <= PERCENT
            for value, table in zip(values, mistakes, strict=True)
        )
    ]
    otherwise = (
        "that is not the accuracy in percent: 100 times the number of images whose largest score"
        " stands at the right digit, divided by the number of images"
    )
    return one_of(QUESTION, fitting[:1] if len(fitting) == 1 else [], otherwise)


def looks_only_problem(seen: Any, training: bool, public: bool = False) -> Diagnosis | None:
    """Did the evaluation record no gradients, and leave the model as it was?"""
    failure = _failure(seen, public)
    if failure:
        return failure
    if seen["changed"]:
        return caused(QUESTION, changed)
    if any(seen["tracked"]):
        return caused(QUESTION, tracked)
    if seen["mode"] != training:
        was, is_now = ("training", "evaluation") if training else ("evaluation", "training")
        text = (
            f"the mode was not restored: the model came in {was} mode and left in {is_now} mode."
            " Remember `model.training` at the start, and set that mode again at the end"
        )
        return caused(QUESTION, Cause("mode_not_restored", text))
    return None


def _failure(seen: Any, public: bool) -> Diagnosis | None:
    if not sound(seen, FIELDS) or not is_observation(seen["call"]):
        text = sentence(QUESTION, f"{NAME} could not be observed")
        return Diagnosis(text, symptom="unreadable")
    failure = failed_call(QUESTION, NAME, seen["call"], public)
    if failure:
        return failure
    if seen["call"]["value"] is None and not seen["batches"] and not seen["modes"]:
        text = f"{NAME} does nothing yet: write it in the answer cell and run that cell"
        return Diagnosis(sentence(QUESTION, text), symptom="missing")
    return None


def _value(seen: Seen) -> float:
    return float(seen["call"]["value"])


changed = Cause(
    "changed_parameters",
    "evaluating changed the model's parameters or left gradients in them: it must only look",
)
tracked = Cause(
    "gradients_recorded",
    "gradients were recorded while evaluating, which costs memory and time for nothing: use"
    " `torch.no_grad()`",
)

_SIGNS: Sequence[tuple[Cause, Callable[[Seen], bool]]] = (
    (
        Cause(
            "loader_unread",
            "the `loader` that the function was given was never read. Is a global loader used,"
            " or a result kept from an earlier call?",
        ),
        lambda seen: not seen["batches"],
    ),
    (
        Cause(
            "model_unused",
            "the `model` that the function was given was never used. Is a global model used?",
        ),
        lambda seen: not seen["modes"],
    ),
    (
        Cause(
            "dropout_on",
            "dropout was on: the model was evaluated in training mode. Switch to evaluation mode",
        ),
        lambda seen: all(seen["modes"]),
    ),
    (changed, lambda seen: seen["changed"]),
    (
        Cause("images_changed", "the model did not get the images as the loader gave them"),
        lambda seen: not all(seen["same_images"]),
    ),
)


def accuracy_mistakes(
    scores: torch.Tensor, labels: torch.Tensor, batch_size: int
) -> dict[Cause, float]:
    """What known mistakes return for these scores [N,10] and labels [N]."""
    right = scores.argmax(1).eq(labels).double()
    parts = right.split(batch_size)
    means = [float(part.mean()) for part in parts]
    share, hits = float(right.mean()), float(right.sum())
    return {
        Cause("fraction", "that is a fraction: the accuracy is wanted in percent"): share,
        Cause(
            "count", "that is the number of right answers: divide it by the number of images"
        ): hits,
        Cause(
            "hundredfold_count",
            "that is 100 times the number of right answers: divide it by the number of images",
        ): 100 * hits,
        Cause(
            "mean_of_means",
            "that is the mean of the batches' accuracies, in which the images of a small last"
            " batch count more than others",
        ): 100 * sum(means) / len(means),
        Cause(
            "mean_of_means_fraction",
            "that is the mean of the batches' accuracies, and as a fraction",
        ): sum(means) / len(means),
        Cause("last_batch", "that is the last batch's accuracy alone"): 100 * means[-1],
        Cause("first_batch", "that is the first batch's accuracy alone"): 100 * means[0],
        Cause("last_batch_fraction", "that is the last batch's accuracy alone, as a fraction"): (
            means[-1]
        ),
        Cause(
            "by_batches",
            "the number of right answers is divided by the number of batches, not of images",
        ): hits / len(parts),
        Cause(
            "hundredfold_by_batches",
            "100 times the right answers is divided by the number of batches, not of images",
        ): 100 * hits / len(parts),
        Cause(
            "by_full_batches",
            "the number of right answers is divided by batches times batch size: the last batch is"
            " smaller than the others",
        ): 100 * hits / (len(parts) * batch_size),
        Cause(
            "error_rate",
            "that is the error rate: count the right answers, not the wrong ones",
        ): 100 * (1 - share),
        Cause("rounded", "the accuracy is rounded to a whole number"): float(round(100 * share)),
        Cause("cut_off", "the accuracy is cut off to a whole number"): float(int(100 * share)),
        Cause("constant", "that is the result of the lesson's source, not of this model"): 97.28,
    }
