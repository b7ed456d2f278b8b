"""What is wrong with an evaluation (q11): the accuracy decides, the record of one run explains."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cnnlab.feedback.calls import failed_call, is_observation, number_symptom, with_print
from cnnlab.feedback.observed import Fields, Seen, sound
from labkit.diagnosis import Cause, Diagnosis, caused, one_of, sentence

QUESTION, NAME = "q11", "evaluate"
MOST = 3
"""More mistakes than these are not told together: a number that so many reach says nothing."""
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
    mistakes: Sequence[Mapping[Cause, Sequence[float]]],
    public: bool = False,
) -> Diagnosis | None:
    """Are the returned accuracies, in percent, right? If not, which one mistake explains them all?

    Args:
        seen: the records of `cnnlab.probes.training.evaluation`, one for each run.
        mistakes: from `accuracies.accuracy_mistakes`, one table for each run.
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
    mistakes: Sequence[Mapping[Cause, Sequence[float]]],
) -> Diagnosis:
    records = [record for record in seen if not _failure(record, False)]
    values = [record["call"]["value"] for record in records]
    for cause, shows in _SIGNS:
        if shows(first):
            return caused(QUESTION, cause)
    if values and not any(values):
        text = f"{NAME} returns 0 whatever the model is: no image counts. Compare the place"
        text += " of an image's largest score (`argmax`) with its label, and divide at the end"
        return Diagnosis(sentence(QUESTION, text), symptom="zero")
    fitting = [
        cause
        for cause in mistakes[0]
        if len(values) == len(mistakes)
        and all(
            isinstance(value, int | float)
            and any(abs(value - form) <= PERCENT for form in table[cause])
            for value, table in zip(values, mistakes, strict=True)
        )
    ]
    otherwise = (
        "that is not the accuracy in percent: 100 times the number of images whose largest score"
        " stands at the right digit, divided by the number of images"
    )
    return one_of(QUESTION, fitting if len(fitting) <= MOST else [], otherwise)


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
