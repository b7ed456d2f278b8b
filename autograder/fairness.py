"""Train what honest students train, and write who passes q12: docs/fairness.md.

    python -m autograder.fairness [--seeds 3] [--jobs 2]

Every set-up is trained with several seeds and judged as while grading, under the scaling that it
was trained with or whichever suits it better. Two of them are trained again on other vector
instructions, as older and newer processors have them. With 3 seeds that takes about ten minutes on
two quiet cores.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from autograder.paths import ASSIGNMENT, PROJECT

sys.path.insert(1, str(ASSIGNMENT))

from cnnlab import calibration, cases, data, fitting, sampling
from cnnlab.feedback.trained import claim_diagnosis
from cnnlab.judging import FLOOR, Judged, judge, steps_reached
from cnnlab.schedule import one_cycle

from autograder.calibrate import network

PAGE = PROJECT / "docs" / "fairness.md"
POINTS, STEPS = 5, 40
"""Of q12's hidden check; see the notebook."""
SAMPLES = 5
"""Samples on which each network is judged beside all digits, to see how much they differ."""
VALIDATION = 5_000
PROCESSORS: Mapping[str, Mapping[str, str]] = {
    "this processor": {},
    "no vector instructions": {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41"},
    "AVX2": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"},
    "AVX-512": {"ATEN_CPU_CAPABILITY": "avx512", "ONEDNN_MAX_CPU_ISA": "AVX512_CORE"},
}
COMPARED = ("15,000, one cycle to 0.02", "15,000, Adam 0.001, 1 epoch")
"""Set-ups that are trained on every kind of processor: one with all points, one on the steps."""


@dataclass(frozen=True)
class SetUp:
    """What one honest student does."""

    images: int
    rate: float
    schedule: bool = True
    batch: int = 64
    epochs: int = 1
    momentum: float | None = None
    """Of SGD; None for Adam."""
    scaling: str = "normalised"
    network: str = "lesson"

    @property
    def name(self) -> str:
        way = f"one cycle to {self.rate:g}" if self.schedule else f"Adam {self.rate:g}"
        if self.momentum is not None:
            way = f"SGD {self.rate:g}, momentum {self.momentum:g}"
        parts = [f"{self.images:,}", way]
        if not self.schedule:
            parts.append(f"{self.epochs} epoch{'s' * (self.epochs > 1)}")
        if self.batch != 64:
            parts.append(f"batches of {self.batch}")
        if self.scaling != "normalised":
            parts.append({"unit": "pixels 0 to 1", "signed": "pixels -1 to 1"}[self.scaling])
        return ", ".join(parts) + (", the other network" if self.network != "lesson" else "")


SET_UPS = (
    *(SetUp(60_000, 1e-3, False, scaling=each) for each in ("normalised", "unit", "signed")),
    *(SetUp(15_000, 2e-2, scaling=each) for each in ("normalised", "unit", "signed")),
    SetUp(15_000, 5e-3, batch=16),
    SetUp(15_000, 1e-2, batch=32),
    SetUp(15_000, 2e-2, batch=128),
    *(SetUp(15_000, 1e-3, False, epochs=each) for each in (1, 2, 3, 5)),
    *(SetUp(15_000, each, False) for each in (5e-3, 1e-2, 2e-2)),
    SetUp(15_000, 1e-2, False, epochs=5, momentum=0.9),
    SetUp(15_000, 1e-1, False, epochs=2, momentum=0.0),
    SetUp(20_000, 1e-2),
    SetUp(30_000, 1e-2),
    SetUp(50_000, 1e-3, False),
    SetUp(60_000, 1e-3, False, batch=128),
    SetUp(15_000, 2e-2, network="strided"),
)


@dataclass(frozen=True)
class Found:
    """One training and what it was judged."""

    name: str
    accuracy: float
    """As graded, in percent."""
    points: float
    scaling: str
    errors: tuple[float, ...]
    """Of the accuracies on samples, from that on all digits, in points."""
    on_all: int
    """How many of the samples were not sure, so that all digits are looked at."""
    claim_is_right: bool
    seconds: float
    """Of one judgement, on a sample."""


def scaled(images: Tensor, scaling: str) -> Tensor:
    """The normalised `images` in another scaling."""
    pixels = images * data.STANDARD_DEVIATION + data.MEAN
    return {"normalised": images, "unit": pixels, "signed": 2 * pixels - 1}[scaling]


def trained(setup: SetUp, seed: int) -> tuple[nn.Module, float]:
    """The network of one student, and the accuracy that it is reported with."""
    torch.manual_seed(seed)
    images, labels = data.tensors("train")
    images, held = scaled(images, setup.scaling), slice(data.VALIDATION_START, None)
    model = network(setup.network)
    loader = data.batches(images[: setup.images], labels[: setup.images], setup.batch, shuffle=True)
    if setup.momentum is None:
        optimizer = torch.optim.Adam(model.parameters(), setup.rate)
    else:
        optimizer = torch.optim.SGD(model.parameters(), setup.rate, momentum=setup.momentum)
    if setup.schedule:
        one_cycle(optimizer, setup.rate, setup.epochs * len(loader))
    model.train()
    for _ in range(setup.epochs):
        for batch, digits in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(batch), digits).backward()
            optimizer.step()
    claim = fitting.accuracy(model, images[held][:VALIDATION], labels[held][:VALIDATION])
    return model, claim


def judged(model: nn.Module, digits: sampling.DigitSample) -> Judged:
    """The network on these digits, as while grading."""
    seen = judge("q12", "model", model, digits, calibration.threshold())
    if not isinstance(seen, Judged):
        raise RuntimeError(f"an honest network failed: {seen.text}")
    return seen


def look_at(setup: SetUp, seed: int) -> Found:
    """Train one network and judge it."""
    torch.set_num_threads(1)  # as while grading
    model, claim = trained(setup, seed)
    everything = judged(model, sampling.every_digit(cases.generator(f"fairness {seed}")))
    seconds, errors, on_all = list[float](), list[float](), 0
    accuracy = everything.accuracy
    for number in range(SAMPLES):
        digits = sampling.some_digits(cases.generator(f"fairness {seed} {number}"))
        started = time.perf_counter()
        seen = judged(model, digits)
        seconds.append(time.perf_counter() - started)
        if sampling.standard_error(seen.table, digits) > sampling.ALLOWED_ERROR:
            on_all += 1
            continue
        errors.append(seen.accuracy - everything.accuracy)
        accuracy = seen.accuracy
    return Found(
        setup.name,
        round(accuracy, 2),
        POINTS * steps_reached(accuracy, calibration.threshold(), STEPS) / STEPS,
        everything.scaling,
        tuple(errors),
        on_all,
        claim_diagnosis(model, claim) is None,
        statistics.median(seconds),
    )


def on_processor(settings: Mapping[str, str], name: str) -> Found | str:
    """The same training in a process with other vector instructions; why not, where it fails."""
    command = [sys.executable, "-m", "autograder.fairness", "--only", name]
    done = subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no reason"])[-1]
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return Found(**(found | {"errors": tuple(found["errors"])}))


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
            f"| {name} | {statistics.mean(accuracies):.2f} %, {min(accuracies):.2f} % |"
            f" {passed} of {len(these)} | {mean:.2f} of {POINTS} |"
        )
    return rows


def _recipes(full: float) -> list[str]:
    rows = list[str]()
    for name in ("lesson", "stand-in", "lecture"):
        known = calibration.reference(name)
        share = 1 - statistics.NormalDist(known.mean, known.deviation).cdf(full)
        rows.append(
            f"| {name} | {known.mean:.2f} % | {known.deviation:.2f} | {known.minimum:.2f} % |"
            f" {min(100 * share, 99.999):.3f} % |"
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
    """What a table of the released test images and their labels reaches."""
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
            lines.append(f"| {processor} | {name} | not measured: {each} | |")
        else:
            lines.append(f"| {processor} | {name} | {each.accuracy:.2f} % | {each.points:g} |")
    return lines


def main(given: Sequence[str] | None = None) -> None:
    """Train, judge, write the page."""
    parser = argparse.ArgumentParser(prog="python -m autograder.fairness", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each set-up")
    parser.add_argument("--jobs", type=int, default=2, help="trainings at once")
    parser.add_argument("--only", help="train this set-up once and print what was found, as JSON")
    options = parser.parse_args(given)
    if options.only:
        setup = next(each for each in SET_UPS if each.name == options.only)
        print(json.dumps(asdict(look_at(setup, 0))))
        return
    plan = [(setup, seed) for setup in SET_UPS for seed in range(options.seeds)]
    found: list[Found] = []
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        for each in pool.map(look_at, *zip(*plan, strict=True)):
            found.append(each)
            print(f"{each.name}: {each.accuracy:.2f} %, {each.points:g} points", flush=True)
    processors: dict[tuple[str, str], Any] = {
        (processor, name): on_processor(settings, name)
        for processor, settings in PROCESSORS.items()
        for name in COMPARED
    }
    _write(PAGE, page(found, processors))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    print(f"written to {path.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
