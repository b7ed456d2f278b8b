"""Numbers that wrong ways to work out an accuracy give (q11)."""

import torch
from torch.nn import functional

from labkit.diagnosis import Cause

ASSUMED = (32, 64, 100, 128, 1000, 10_000, 60_000)
"""Numbers of images or sizes of batches that are written down instead of counted."""


def accuracy_mistakes(
    scores: torch.Tensor, labels: torch.Tensor, batch_size: int
) -> dict[Cause, list[float]]:
    """What known mistakes return for these scores [N,10] and labels [N]."""
    right = scores.argmax(1).eq(labels).double()
    parts = right.split(batch_size)
    return {
        **_of_all(right, len(parts), batch_size),
        **_of_batches(parts),
        **_otherwise_right(scores, labels),
        **_losses(scores, labels, batch_size),
        Cause("constant", "that is the result of the lesson's source, not of this model"): [97.28],
    }


def _of_all(right: torch.Tensor, batches: int, batch_size: int) -> dict[Cause, list[float]]:
    share, hits, count = float(right.mean()), float(right.sum()), len(right)
    percent = 100 * share
    return {
        Cause("fraction", "that is a fraction: the accuracy is wanted in percent"): [share],
        Cause("percent_twice", "that is 100 times too much: it is in percent already"): [
            100 * percent
        ],
        Cause("count", "that is the number of right answers: divide it by the number of images"): [
            hits
        ],
        Cause(
            "hundredfold_count",
            "that is 100 times the number of right answers: divide it by the number of images",
        ): [100 * hits],
        Cause(
            "by_batches",
            "the number of right answers is divided by the number of batches, not of images",
        ): [hits / batches],
        Cause(
            "hundredfold_by_batches",
            "100 times the right answers is divided by the number of batches, not of images",
        ): [100 * hits / batches],
        Cause(
            "by_full_batches",
            "the number of right answers is divided by batches times batch size: the last batch is"
            " smaller than the others",
        ): [100 * hits / (batches * batch_size)],
        Cause(
            "images_assumed",
            "the number of images, or the size of the batches, is written down instead of counted",
        ): [
            factor * hits / assumed
            for number in ASSUMED
            for assumed in (number, number * batches)
            for factor in (1, 100)
            if hits / assumed > 0.01  # else every number close to 0 would be explained
        ],
        Cause("starts_at_1", "one of the two counts does not start at 0"): [
            100 * hits / (count + 1),
            100 * (hits + 1) / count,
            100 * (hits + 1) / (count + 1),
        ],
        Cause(
            "error_rate",
            "that is the error rate: count the right answers, not the wrong ones",
        ): [100 - percent, 1 - share],
        Cause("rounded", "the accuracy is rounded: return it as it is"): [
            *(round(percent, digits) for digits in (0, 1, 2)),
            *(100 * round(share, digits) for digits in (2, 3, 4)),
        ],
        Cause("cut_off", "the accuracy is cut off to a whole number"): [float(int(percent))],
    }


def _of_batches(parts: tuple[torch.Tensor, ...]) -> dict[Cause, list[float]]:
    means = [float(part.mean()) for part in parts]
    right = torch.cat(parts)
    hits, count, last = float(right.sum()), len(right), parts[-1]
    full = [part for part in parts if len(part) == len(parts[0])]
    return {
        Cause(
            "mean_of_means",
            "that is the mean of the batches' accuracies, in which the images of a small last"
            " batch count more than others",
        ): [100 * sum(means) / len(means)],
        Cause(
            "mean_of_means_fraction",
            "that is the mean of the batches' accuracies, and as a fraction",
        ): [sum(means) / len(means)],
        Cause("sum_of_means", "that is the sum of the batches' accuracies"): [
            100 * sum(means),
            sum(means),
        ],
        Cause("last_batch", "that is the last batch's accuracy alone"): [100 * means[-1]],
        Cause("first_batch", "that is the first batch's accuracy alone"): [100 * means[0]],
        Cause("last_batch_fraction", "that is the last batch's accuracy alone, as a fraction"): [
            means[-1]
        ],
        Cause("best_batch", "that is the accuracy of the best batch"): [100 * max(means)],
        Cause(
            "hits_of_last_batch",
            "the right answers of the last batch alone are divided by all images: add up (`+=`)",
        ): [100 * float(last.sum()) / count],
        Cause(
            "images_of_last_batch",
            "all right answers are divided by the images of the last batch: add up (`+=`)",
        ): [100 * hits / len(last), hits / len(last)],
        Cause("last_batch_left_out", "the last batch is left out"): _shares(parts[:-1]),
        Cause("first_batch_left_out", "the first batch is left out"): _shares(parts[1:]),
        Cause("small_batch_left_out", "a batch that is smaller than the others is left out"): (
            _shares(full)
        ),
    }


def _shares(parts: list[torch.Tensor] | tuple[torch.Tensor, ...]) -> list[float]:
    share = float(torch.cat(list(parts)).mean()) if parts else 0.0
    return [100 * share, share]


def _otherwise_right(scores: torch.Tensor, labels: torch.Tensor) -> dict[Cause, list[float]]:
    """Other images that count as right."""
    found = scores.argmax(1)
    largest = scores.topk(5, 1).indices.eq(labels[:, None])
    sure = scores.softmax(1)[torch.arange(len(labels)), labels] > 0.5
    classes = [float(found[labels == digit].eq(digit).double().mean()) for digit in range(10)]
    occurring = [share for share in classes if share == share]
    kinds = {
        Cause("smallest_score", "the smallest score is looked for: the largest one decides"): [
            scores.argmin(1).eq(labels)
        ],
        Cause(
            "among_the_largest",
            "an image counts as right if its digit has one of several largest scores: only the"
            " largest decides",
        ): [largest[:, :some].any(1) for some in (2, 3, 5)],
        Cause("digit_shifted", "the predicted digits are off by one: they begin with 0"): [
            (found + step).eq(labels) for step in (1, -1)
        ],
        Cause(
            "sure_ones_only",
            "an image counts only if its digit has more than half of the probability: the largest"
            " score decides, however small it is",
        ): [sure],
    }
    return {
        **{
            cause: [factor * float(each.double().mean()) for each in hits for factor in (1, 100)]
            for cause, hits in kinds.items()
        },
        Cause(
            "mean_over_digits",
            "that is the mean of the digits' accuracies, in which the images of a rare digit count"
            " more than others",
        ): [factor * sum(occurring) / size for factor in (1, 100) for size in (10, len(occurring))],
    }


def _losses(
    scores: torch.Tensor, labels: torch.Tensor, batch_size: int
) -> dict[Cause, list[float]]:
    parts = zip(scores.split(batch_size), labels.split(batch_size), strict=True)
    means = [float(functional.cross_entropy(*part)) for part in parts]
    mean = float(functional.cross_entropy(scores, labels))
    return {
        Cause("loss", "that is the loss: the share of right answers is asked for"): [
            mean,
            mean * len(labels),
            sum(means),
            sum(means) / len(means),
        ]
    }
