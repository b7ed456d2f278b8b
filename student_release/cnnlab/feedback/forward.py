"""Does the network of q8 compute what it should? Known mistakes are computed with its own weights.

Single turns away from the plan are tried first, then two at once.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from cnnlab.feedback.compare import agrees
from cnnlab.feedback.model_scores import repeats_problem, rows_problem
from cnnlab.feedback.models import QUESTION, build_failure, forward_failure, layers_problem
from cnnlab.feedback.networks import Plan, Turns, plan_scores, single_turns, two_turns
from cnnlab.feedback.values import as_float64
from labkit.diagnosis import Cause, Diagnosis, caused, sentence


def forward_problem(seen: Any, images: Tensor, seed: int, public: bool = False) -> Diagnosis | None:
    """Are the scores of `images` those of the plan? log_softmax of them is as good."""
    failure = build_failure(seen, public) or forward_failure(seen, public)
    if failure:
        return failure
    expected = plan_scores(Plan(), images, seed, None)
    got = seen["rows"]
    if agrees(got, expected) or (expected is not None and agrees(got, expected.log_softmax(1))):
        if seen["changed"]:
            return caused(QUESTION, Cause("changes_input", "forward changes its input in place"))
        return repeats_problem(seen)
    built = layers_problem(seen, public)
    if built:
        return built
    unfit = rows_problem(seen, len(images), public)
    if unfit and unfit.causes != ("depends_on_batch",):
        return unfit
    explained = _explained(seen, images, seed)
    return unfit if unfit and not explained.causes else explained


def _explained(seen: Mapping[str, Any], images: Tensor, seed: int) -> Diagnosis:
    takes = next(shape[1] for shape in seen["shapes"] if len(shape) == 2)
    numbers = as_float64(seen["rows"])
    if numbers is not None and bool((numbers == numbers[:1]).all()):
        text = "forward gives the same scores for every image: does it look at them?"
        return Diagnosis(sentence(QUESTION, text), symptom="constant")
    fitting = _fitting(single_turns(), seen["rows"], images, seed, takes)
    if not fitting:
        fitting = _fitting(two_turns(), seen["rows"], images, seed, takes)
    if fitting:
        several = ["; and ".join(cause.text for cause in causes) for causes in fitting]
        told = several[0] if len(several) == 1 else f"one of these: {'; or '.join(several)}"
        ids = tuple(dict.fromkeys(cause.id for causes in fitting for cause in causes))
        return Diagnosis(sentence(QUESTION, told), ids)
    if plan_scores(Plan(), images[:1], seed, takes) is None:
        text = (
            "fc takes another number of features than the plan's maps give, and forward makes that"
            " many: convolution, ReLU and a 2×2 pool come twice, without padding"
        )
        return Diagnosis(sentence(QUESTION, text), symptom="features")
    text = (
        "the layers are right, but the scores are not those of convolution, ReLU and pool, twice,"
        " then flatten and fc"
    )
    return Diagnosis(sentence(QUESTION, text), symptom="values")


def _fitting(
    turns: Turns, got: Any, images: Tensor, seed: int, takes: int
) -> list[tuple[Cause, ...]]:
    """The mistakes that give just these scores."""
    found: list[tuple[Cause, ...]] = []
    for causes, plan in turns:
        scores = plan_scores(plan, images, seed, takes)
        if scores is None:
            continue
        if agrees(got, scores) or agrees(got, scores.log_softmax(1)):
            found.append(causes)
    return found
