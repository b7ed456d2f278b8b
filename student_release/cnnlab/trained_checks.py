"""The checks of q12 and q18: what is asked of a trained network, one function for each.

Each raises `CheckFailed`, or returns where all is right.
"""

from typing import Any

import torch

from cnnlab import calibration, data
from cnnlab.feedback.claims import claim_diagnosis
from cnnlab.feedback.pictures import show_confusions
from cnnlab.feedback.scores import (
    budget_symptom,
    numbers_stored,
    reported_number,
    reported_symptom,
    scores_symptom,
)
from cnnlab.feedback.trained import weak
from cnnlab.judging import (
    COLLAPSED,
    FLOOR,
    LEARNED,
    Judged,
    emptied_accuracy,
    judge,
    look,
    steps_reached,
    validation_digits,
)
from cnnlab.probes import probe_once
from cnnlab.probes.storage import size
from cnnlab.sampling import (
    ALLOWED_ERROR,
    DigitSample,
    all_digits_for,
    confusions,
    digits_for,
    standard_error,
)
from labkit import evidence
from labkit.diagnosis import Cause, CheckFailed, Diagnosis, caused, fail

FORM_COUNT = 20
BUDGET = 80 + 1168 + 4010
"""Numbers that q18's model may store: as many as the lesson's network has parameters."""
MUCH_STORED = 100_000
"""Numbers in a model at which a person looks whether it is a table of digits."""
TABLE = 5_000
"""Numbers outside of its weights that a model of q12 may need for anything but a table."""
BEYOND = 99.6
"""Percent that no network within the budget has been seen to reach on changed digits."""
CLAIMED = "accuracy in percent, as the submission computes it"
"""The scores come from the submission's own process, and the name says so."""
SCALINGS_IN_WORDS = {
    "normalised": "as `data.tensors` scales them",
    "unit": "scaled to 0 to 1",
    "signed": "scaled to -1 to 1",
    "grey": "from 0 to 255",
}


def check_form(question: str, name: str, model: Any) -> None:
    """Check that the network gives ten finite scores for each image."""
    images = torch.from_numpy(data.load("train")[0][-FORM_COUNT:].copy())
    fail(scores_symptom(look(model, images, "normalised"), FORM_COUNT, question, name))


def check_report_form(reported: Any) -> None:
    """Check that the reported accuracy is a percentage."""
    fail(reported_symptom(reported))


def check_learned(question: str, name: str, model: Any) -> None:
    """Check that the network learned: that it, and not a table, knows most validation digits."""
    seen = _judged(question, name, model, validation_digits(), LEARNED)
    if seen.accuracy < LEARNED:
        fail(weak(question, name, model, seen, ""))
    stored, left = probe_once(size, model), emptied_accuracy(model, seen)
    numbers = numbers_stored(stored)
    if left > COLLAPSED and (question == "q18" or (numbers and stored["hidden"] > TABLE)):
        fail(caused(question, Cause("computes_elsewhere", f"{name} {_ELSEWHERE}")))
    if left > COLLAPSED:
        evidence.show("review", f"{question}: {name} reads digits without its weights, too.")
    elif numbers is None or numbers > MUCH_STORED:
        told = "can't be counted" if numbers is None else f"are {numbers:,}"
        text = f"{question}: the numbers that {name} stores {told}: is it a table of digits?"
        evidence.show("review", text)


_ELSEWHERE = (
    "reads digits even with 0 in all of its weights: what recognises them isn't the network that"
    " was trained here, but a table or another model"
)


def check_report(model: Any, reported: Any) -> None:
    """Check that the reported accuracy is the network's, as far as chance allows (q12)."""
    fail(reported_symptom(reported))
    fail(claim_diagnosis(model, reported_number(reported)))


def check_budget(model: Any) -> None:
    """Check that q18's network stores no more numbers than it may."""
    fail(budget_symptom(probe_once(size, model), BUDGET))


def check_accuracy(
    question: str, name: str, model: Any, full: float, step: tuple[int, int]
) -> None:
    """Check that the accuracy on changed test digits reaches `step`: its number, and of how many.

    The steps are equal, from `FLOOR` percent to `full`.
    """
    number, steps = step
    seen = judged_on_test_digits(question, name, model, full)
    if number == 1:
        show_confusions(confusions(seen.table, seen.digits))
    reached = steps_reached(seen.accuracy, full, steps)
    if reached >= number:
        return
    pixels = f", with pixels {SCALINGS_IN_WORDS[seen.scaling]}" if seen.accuracy > LEARNED else ""
    wanted = (
        f". These are test digits, changed a little{pixels}."
        f" Points grow from {FLOOR:.0f} % on, and {full:.1f} % gives all of them"
    )
    if number == reached + 1 and _is_explainable(seen):  # tried out once, not at every step
        fail(weak(question, name, model, seen, wanted))
    text = f"{question}: {name} is right on {seen.accuracy:.2f} % of the digits{wanted}."
    more = " More images, more epochs or another learning rate get further."
    fail(Diagnosis(text + more, symptom="below_full_points"))


def _is_explainable(seen: Judged) -> bool:
    return seen.accuracy < FLOOR or bool((seen.table.sum(1) - 1).abs().max() < 1e-3)


def judged_on_test_digits(question: str, name: str, model: Any, full: float) -> Judged:
    """Return what the network does with changed test digits: with a sample if that is sure."""
    seen = _judged(question, name, model, digits_for(question), full, public=False)
    unsure = standard_error(seen.table, seen.digits) > ALLOWED_ERROR
    if unsure and seen.accuracy > FLOOR - 5:
        digits, scaling = all_digits_for(question), (seen.scaling,)
        return _judged(question, name, model, digits, full, scalings=scaling, public=False)
    return seen


def check_leaderboard(model: Any, step: tuple[int, int]) -> None:
    """Check that q18's network reaches `step` of accuracy within the budget, by its weights."""
    check_budget(model)
    if step[0] == 1:
        check_learned("q18", "best_model", model)
    seen = _judged("q18", "best_model", model, validation_digits(), LEARNED)
    if seen.accuracy < LEARNED or emptied_accuracy(model, seen) > COLLAPSED:
        text = "q18: best_model has not learned the digits: see the check above."
        fail(Diagnosis(text, symptom="learned_too_little"))
    full = calibration.leaderboard_threshold()
    if step[0] == 1:
        _show_leaderboard(model, judged_on_test_digits("q18", "best_model", model, full))
    check_accuracy("q18", "best_model", model, full, step)


def _show_leaderboard(model: Any, seen: Judged) -> None:
    """Show accuracy and size of q18's network as evidence."""
    numbers = numbers_stored(probe_once(size, model))
    accuracy = round(seen.accuracy, 2)
    evidence.show_leaderboard((CLAIMED, accuracy, "desc"), ("parameters", numbers, "asc"))
    if seen.accuracy > BEYOND:
        text = f"q18: {seen.accuracy:.2f} % with {numbers} numbers has never been seen before."
        evidence.show("review", text)


def _judged(
    question: str, name: str, model: Any, digits: DigitSample, enough: float, **options: Any
) -> Judged:
    seen = judge(question, name, model, digits, enough, **options)
    if isinstance(seen, Diagnosis):
        raise CheckFailed(seen)
    return seen
