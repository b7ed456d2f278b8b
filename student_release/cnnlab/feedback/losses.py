"""What is wrong with the loss that a training loop returns (q10).

It is compared with the losses that the student's own loop met, so that wrong parameters do not make
it wrong as well.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnlab.feedback.calls import number_symptom, with_print
from cnnlab.feedback.compare import agrees
from cnnlab.feedback.epochs import Epoch
from cnnlab.feedback.training import NAME, QUESTION, failure, first_sign
from labkit.diagnosis import Cause, Diagnosis, one_of

SUMMED = 1e-5
"""Tolerance for the loss, which may have been summed up in float32."""


def loss_problem(seen: Any, epoch: Epoch, public: bool = False) -> Diagnosis | None:
    """Is the returned loss the mean over all samples? If not, which is it.

    Where the student's loop met other losses, with each sample
    once, their mean is as right: what made them others is told elsewhere.
    """
    unusable = failure(seen, public) or number_symptom(
        seen["call"], QUESTION, NAME, "the mean loss", public
    )
    if unusable:
        return unusable
    value, losses, sizes = float(seen["call"]["value"]), seen["losses"], seen["sizes"]
    expected, count = epoch.loss, len(epoch.case.labels)
    own = float(np.dot(losses, sizes)) / count if sum(sizes) == count else None
    if agrees(value, expected, SUMMED) or (own is not None and agrees(value, own, SUMMED)):
        return None
    batches = epoch.batches(max(sizes, default=1))
    sign = first_sign(seen, batches, count) if own is None else None
    mistakes = {} if own is None else loss_mistakes(losses, sizes)
    fitting = [cause for cause, wrong in mistakes.items() if agrees(value, wrong, SUMMED)]
    wanted = "the mean loss per sample: the sum of all samples' losses, divided by their number"
    text = f"the returned loss is not {wanted}"
    told = one_of(QUESTION, [sign] if sign else fitting, text)
    if public:
        return with_print(_with_loss(told, expected if own is None else own, value), seen["call"])
    return told


def _with_loss(diagnosis: Diagnosis, expected: float, value: float) -> Diagnosis:
    numbers = f"Expected: {expected:.6f}\nYours:    {value:.6f}"
    return Diagnosis(f"{diagnosis.text}\n{numbers}", diagnosis.causes, diagnosis.symptom)


def loss_mistakes(losses: Sequence[float], sizes: Sequence[int]) -> dict[Cause, float]:
    """What known mistakes return, from each batch's mean loss and number of images."""
    if not losses or len(losses) != len(sizes):
        return {}
    mean, count = np.asarray(losses, dtype=float), np.asarray(sizes, dtype=float)
    wrong = "the returned loss is not the mean per sample: "
    return {
        Cause("last_loss", wrong + "it is the last batch's alone"): float(mean[-1]),
        Cause("first_loss", wrong + "it is the first batch's alone"): float(mean[0]),
        Cause(
            "sum_of_means",
            wrong + "it is the sum of the batches' means, not divided by anything",
        ): float(mean.sum()),
        Cause(
            "sum_of_samples",
            wrong + "it is the sum over all samples, not divided by their number",
        ): float(mean @ count),
        Cause(
            "mean_of_means",
            wrong + "it is the mean of the batches' means, in which the images of a small last"
            " batch count more than others",
        ): float(mean.mean()),
        Cause(
            "means_by_samples",
            wrong + "the sum of the batches' means is divided by the number of samples; multiply"
            " each mean by its batch's size first",
        ): float(mean.sum() / count.sum()),
        Cause(
            "samples_by_batches",
            wrong + "the sum over all samples is divided by the number of batches",
        ): float(mean @ count / len(mean)),
        Cause(
            "samples_by_last_batch",
            wrong + "the sum over all samples is divided by the images of the last batch: add their"
            " numbers up (`+=`)",
        ): float(mean @ count / count[-1]),
        Cause(
            "last_batch_by_samples",
            wrong + "the last batch's sum is divided by the number of samples: add the sums up"
            " (`+=`)",
        ): float(mean[-1] * count[-1] / count.sum()),
        Cause(
            "samples_by_full_batches",
            wrong + "the sum over all samples is divided by batches times batch size: the last"
            " batch may be smaller",
        ): float(mean @ count / (len(mean) * count[0])),
        Cause(
            "divided_twice",
            wrong
            + "each batch's loss is divided by its size, but `criterion` gives a mean already",
        ): float((mean / count).mean()),
        Cause(
            "divided_twice",
            wrong + "each batch's loss is divided by its size, and then they are added up:"
            " `criterion` gives a mean already",
        ): float((mean / count).sum()),
        Cause("starts_at_1", wrong + "the number of samples is one too large: it starts at 0"): (
            float(mean @ count / (count.sum() + 1))
        ),
        Cause("largest_loss", wrong + "it is the largest of the batches' means"): float(mean.max()),
        Cause("smallest_loss", wrong + "it is the smallest of the batches' means"): float(
            mean.min()
        ),
    }
