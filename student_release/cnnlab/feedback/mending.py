"""What is wrong with `mended_loop` (q20): every mistake's losses and parameters are computed."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnlab.feedback.calls import failed_call, is_observation, with_print
from cnnlab.feedback.compare import agrees
from cnnlab.feedback.values import as_float64, kind
from cnnlab.probes.recorders import SmallCase, SmallNetwork, small_case
from labkit.diagnosis import Cause, Diagnosis, caused, sentence, with_text

QUESTION, NAME = "q20", "mended_loop"
TOLERANCE = 1e-5


class Run(NamedTuple):
    """What a loop returns, and where it leaves the parameters."""

    losses: Tensor
    weights: list[Tensor]


class Loop(NamedTuple):
    """One case: its inputs, what is right, and what each known mistake makes of it."""

    case: SmallCase
    options: dict[str, float]
    right: Run
    mistakes: Mapping[Cause, Sequence[Run]]


def loop_case(random: torch.Generator, count: int, batch_size: int, rate: float) -> Loop:
    """Random images and weights, trained rightly and by each mistake."""
    case = small_case(random, count)

    def run(**habits: Any) -> Run:
        return _trained(case, batch_size, rate, **habits)

    right = run()
    mistakes = {
        SOFTMAX: [run(softmax=True), run(softmax=True, summed=True)],
        Cause(
            "log_of_softmax_missing", "`nll_loss` wants logarithms: cross-entropy takes scores"
        ): [
            run(plain_nll=True),
            run(plain_nll=True, softmax=True),
        ],
        Cause(
            "sigmoid", "a sigmoid in the softmax's place: the loss takes the scores as they are"
        ): [run(sigmoid=True)],
        Cause("uphill", "the parameters move uphill: the gradient must be taken away"): [
            run(sign=-1.0),
            run(sign=-1.0, softmax=True),
        ],
        Cause("rate_ignored", "the parameters move by the whole gradient, without the rate"): [
            run(rate_factor=1 / rate),
        ],
        Cause("summed_loss", "the loss is summed over the batch: its mean is asked for"): [
            run(summed=True),
        ],
        Cause(
            "first_batch_only", "only the first batch is used: does `return` stand in the loop?"
        ): [
            run(most=1),
        ],
        Cause("no_update", "the parameters stay as they are: the loop must change them"): [
            Run(run(rate_factor=0.0).losses, case.weights)
        ],
        Cause("loss_after_step", "the losses are those after the step, not before"): [
            run(after=True)
        ],
        Cause("slopes_added_up", "the gradients of earlier batches are kept and added"): [
            run(kept=True)
        ],
        Cause(
            "last_loss_only", "only the last loss is returned: one for each batch is asked for"
        ): [Run(right.losses[-1:], right.weights)],
        Cause("mean_loss_only", "the mean is returned: one loss for each batch is asked for"): [
            Run(right.losses.mean()[None], right.weights)
        ],
        Cause("losses_summed_up", "the losses are added up: each batch's own is asked for"): [
            Run(right.losses.sum()[None], right.weights),
            Run(right.losses.cumsum(0), right.weights),
        ],
        Cause("loss_of_batch_sum", "each loss is multiplied by its batch's size"): [
            Run(right.losses * torch.tensor(_sizes(count, batch_size)), right.weights)
        ],
    }
    return Loop(case, {"batch_size": batch_size, "rate": rate}, right, mistakes)


SOFTMAX = Cause(
    "softmax_still_there",
    "the loss still gets probabilities instead of scores: `cross_entropy` has the softmax in it",
)


def _sizes(count: int, batch_size: int) -> list[int]:
    return [min(batch_size, count - start) for start in range(0, count, batch_size)]


def _trained(
    case: SmallCase,
    batch_size: int,
    rate: float,
    *,
    softmax: bool = False,
    sigmoid: bool = False,
    plain_nll: bool = False,
    summed: bool = False,
    kept: bool = False,
    after: bool = False,
    sign: float = 1.0,
    rate_factor: float = 1.0,
    most: int | None = None,
) -> Run:
    """One pass by plain stochastic gradient descent, with the named mistakes."""
    network = SmallNetwork(case.weights, case.masks).eval()
    owned, losses = list(network.parameters()), list[float]()
    held = [torch.zeros_like(parameter) for parameter in owned]

    def loss_of(images: Tensor, labels: Tensor) -> Tensor:
        given = network(images)
        given = given.softmax(1) if softmax else given.sigmoid() if sigmoid else given
        logarithms = given if plain_nll else F.log_softmax(given, 1)
        return F.nll_loss(logarithms, labels, reduction="sum" if summed else "mean")

    batches = list(zip(case.images.split(batch_size), case.labels.split(batch_size), strict=True))
    for images, labels in batches[:most]:
        loss = loss_of(images, labels)
        fresh = torch.autograd.grad(loss, owned)
        held = [old + new for old, new in zip(held, fresh, strict=True)] if kept else list(fresh)
        for parameter, slope in zip(owned, held, strict=True):
            parameter.data -= sign * rate * rate_factor * slope
        losses.append(float((loss_of(images, labels) if after else loss).detach()))
    return Run(torch.tensor(losses, dtype=torch.float64), [p.detach().clone() for p in owned])


def mending_problem(seen: Any, loop: Loop, public: bool = False) -> Diagnosis | None:
    """Are the losses and the parameters those of the mended loop? If not, why not?"""
    whole = type(seen) is dict and {"call", "weights"} <= set(seen)
    if not whole or not is_observation(seen["call"]) or type(seen["weights"]) is not list:
        text = sentence(QUESTION, f"{NAME} could not be observed")
        return Diagnosis(text, symptom="unreadable")
    call = seen["call"]
    problem = failed_call(QUESTION, NAME, call, public)
    if problem:
        return problem
    losses = _numbers(call["value"])
    trained = _same(seen["weights"], loop.right.weights)
    if losses is not None and trained and agrees(losses, loop.right.losses, TOLERANCE):
        return None
    told = _explained(call, losses, seen["weights"], trained, loop)
    if public and losses is not None:
        told = with_text(told, f"Expected: losses {_rounded(loop.right.losses)}")
        told = with_text(told, f"Yours:    losses {_rounded(losses)}")
    return with_print(told, call) if public else told


def _explained(
    call: Any, losses: Tensor | None, weights: list[Any], trained: bool, loop: Loop
) -> Diagnosis:
    if losses is None:
        value = call["value"]
        none = value is None
        what = "None: is the `return` missing?" if none else f"{kind(value)}, not a list of losses"
        text = f"{NAME} returned {what}"
        return Diagnosis(sentence(QUESTION, text), symptom="none" if none else "kind")
    fitting = [
        cause
        for cause, runs in loop.mistakes.items()
        if any(
            agrees(losses, run.losses, TOLERANCE) and _same(weights, run.weights) for run in runs
        )
    ]
    if len(fitting) == 1:
        return caused(QUESTION, fitting[0])
    if trained:
        text = f"{NAME} trains rightly, but the list of losses is not right: one number a batch"
        return Diagnosis(sentence(QUESTION, text), symptom="losses")
    text = "the parameters do not end where the mended loop brings them: only the loss was broken"
    return Diagnosis(sentence(QUESTION, text), symptom="weights")


def _numbers(value: Any) -> Tensor | None:
    """The losses as a flat tensor: of a list, a tuple, an array, a tensor or one number."""
    if issubclass(type(value), (list, tuple)):
        each = [as_float64(item) for item in value]
        if any(number is None or number.numel() != 1 for number in each):
            return None
        return torch.tensor([float(number) for number in each if number is not None]).double()
    numbers = as_float64(value)
    return None if numbers is None else numbers.reshape(-1)


def _same(weights: Sequence[Any], others: Sequence[Tensor]) -> bool:
    return len(weights) == len(others) and all(
        agrees(one, other, TOLERANCE) for one, other in zip(weights, others, strict=True)
    )


def _rounded(numbers: Tensor) -> list[float]:
    return [round(float(number), 4) for number in numbers]
