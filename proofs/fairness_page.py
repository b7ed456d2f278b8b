"""The page of `make fairness`: who passes, how sure a judgement is, look-ups, processors."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from cnnlab import calibration, cases, data, sampling
from cnnlab.judging import FLOOR
from numpy.typing import NDArray
from torch import Tensor, nn

from proofs.fairness import POINTS, SAMPLES, SET_UPS, STEPS, Found
from proofs.harness import row


def last_line(found: Sequence[Found]) -> str:
    """Return how many have all points, in one line."""
    return f"trainings {len(found)}, all points {sum(each.points == POINTS for each in found)}"


def page(found: Sequence[Found], processors: Mapping[tuple[str, str], Found | str]) -> str:
    """docs/fairness.md."""
    full = calibration.threshold()
    lines = [
        "# How fair q12 and q18 are",
        "",
        f"Written by `make fairness`: {len(SET_UPS)} honest set-ups, {len(found)} trainings, torch"
        f" {torch.__version__.split('+')[0]}. A network is judged on test digits that are moved,"
        " turned, slanted and stretched a little; points for the accuracy grow evenly from"
        f" {FLOOR:.0f} % to {full} % ({STEPS} steps, {POINTS} points).",
        "",
        "## Who passes",
        "",
        "| Images, training | Accuracy: mean, lowest | All points | Points on average |",
        "|---|---|---|---|",
        *_rows(found),
        "",
        "Who stays below has trained too little: fewer steps, or a rate that is too small or, at"
        " the end, still too large. No honest set-up loses points to its scaling. The accuracy"
        f" that each reported was {'' if all(each.claim_is_right for each in found) else 'not '}"
        "believed for all of them"
        f" ({sum(each.claim_is_right for each in found)} of {len(found)}).",
        "",
        "## The recipes",
        "",
        "Estimated from the 50 runs each of `make calibrate`, as the share of a normal distribution"
        " with their mean and standard deviation (which holds the error of the sample, too) that"
        f" lies above {full} %. The threshold itself is the bound that 99.9 % of the runs of the"
        " weakest recipe are above, with 95 % confidence.",
        "",
        "| Recipe | Mean | Standard deviation | Lowest | All points |",
        "|---|---|---|---|---|",
        *_recipes(full),
        "",
        *_sampling(found),
        "",
        *_look_ups(),
        "",
        *_processors(processors),
        "",
    ]
    return "\n".join(lines)


def _rows(found: Sequence[Found]) -> list[str]:
    rows = list[str]()
    for name in dict.fromkeys(each.name for each in found):
        these = [each for each in found if each.name == name]
        accuracies = [each.accuracy for each in these]
        passed = sum(each.points == POINTS for each in these)
        mean = statistics.mean(each.points for each in these)
        rows.append(
            row(
                *(name, f"{statistics.mean(accuracies):.2f} %, {min(accuracies):.2f} %"),
                *(f"{passed} of {len(these)}", f"{mean:.2f} of {POINTS}"),
            )
        )
    return rows


def _recipes(full: float) -> list[str]:
    rows = list[str]()
    for name in ("lesson", "stand-in", "lecture"):
        known = calibration.reference(name)
        share = 1 - statistics.NormalDist(known.mean, known.deviation).cdf(full)
        rows.append(
            row(
                *(name, f"{known.mean:.2f} %", f"{known.deviation:.2f}"),
                *(f"{known.minimum:.2f} %", f"{min(100 * share, 99.999):.3f} %"),
            )
        )
    return rows


def _sampling(found: Sequence[Found]) -> list[str]:
    errors = sorted(abs(error) for each in found for error in each.errors)
    judgements = len(errors) + sum(each.on_all for each in found)
    spread = errors[int(0.95 * len(errors))] if errors else 0.0
    seconds = statistics.median(each.seconds for each in found)
    return [
        "## How sure a judgement is",
        "",
        f"Each network was judged on {SAMPLES} samples of {sampling.COUNT:,} digits and on all"
        f" {data.STAND_IN_COUNT:,}, each changed in another way. Of {judgements} judgements"
        f" {judgements - len(errors)} were not sure enough, by their estimated standard error"
        f" (above {sampling.ALLOWED_ERROR:.3f} points), and are made on all digits instead. Of the"
        f" others, 95 % lie within {spread:.2f} points of the accuracy on all digits; that"
        " difference holds the chance of both changes. A judgement on a sample takes"
        f" {seconds:.2f} s (median; under another scaling twice or three times as long).",
    ]


def _look_ups() -> list[str]:
    """Return what a table of the released test images and their labels reaches."""
    images, labels = data.load("test")
    digits = sampling.some_digits(cases.generator("fairness look-ups"))
    changed = digits.images.numpy()
    small = [
        nn.functional.avg_pool2d(torch.from_numpy(each.copy()).float()[:, None], 4).flatten(1)
        for each in (images, changed)
    ]
    large = [torch.from_numpy(each.copy()).float().flatten(1) for each in (images, changed)]
    reached = {
        "the same pixels": _table(images, changed, labels, digits),
        "the same pixels, in 16 grey levels": _table(images // 16, changed // 16, labels, digits),
        "the nearest image": _nearest(large[0], large[1], labels, digits),
        "the nearest image, in 7×7 means": _nearest(small[0], small[1], labels, digits),
    }
    return [
        "## What a table of the released test images reaches",
        "",
        "| It looks for | Right |",
        "|---|---|",
        *(f"| {name} | {share:.1f} % |" for name, share in reached.items()),
        "",
        "A search for the nearest image is a classifier, and so robust that only changes which"
        " honest networks do not survive either would stop it. So what a model stores is counted:"
        " in q18 it costs the budget; in q12 numbers outside of the weights that recognise digits"
        " by themselves get no points, and a person looks at a model that stores much.",
    ]


def _table(
    known: NDArray[np.uint8], seen: NDArray[np.uint8], labels: Any, digits: sampling.DigitSample
) -> float:
    table = {image.tobytes(): int(label) for image, label in zip(known, labels, strict=True)}
    answers = torch.tensor([table.get(image.tobytes(), -1) for image in seen])
    return _right(answers, digits)


def _nearest(known: Tensor, seen: Tensor, labels: Any, digits: sampling.DigitSample) -> float:
    nearest = torch.cdist(seen, known).argmin(1)
    return _right(torch.from_numpy(labels.copy())[nearest], digits)


def _right(answers: Tensor, digits: sampling.DigitSample) -> float:
    weights = digits.stands_for[answers.eq(digits.labels)]
    return 100.0 * float(weights.sum() / digits.stands_for.sum())


def _processors(found: Mapping[tuple[str, str], Found | str]) -> list[str]:
    lines = [
        "## On other processors",
        "",
        "The same trainings with other vector instructions (`ATEN_CPU_CAPABILITY`,"
        " `ONEDNN_MAX_CPU_ISA`). A training ends a bit elsewhere there, which moves the points by"
        " an eighth or two where they grow, and not at all above the threshold. The digits are the"
        " same bytes everywhere.",
        "",
        "| Processor | Training | Accuracy | Points |",
        "|---|---|---|---|",
    ]
    for (processor, name), each in found.items():
        if isinstance(each, str):
            lines.append(row(processor, name, f"not measured: {each}", ""))
        else:
            lines.append(row(processor, name, f"{each.accuracy:.2f} %", f"{each.points:g}"))
    return lines
