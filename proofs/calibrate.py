"""Measure what the lesson's recipe reaches, and write the thresholds of q12 and q18.

First some networks show which test images are hard: those that one or many of them misread. They
are written to assignment/cnnlab/hard_digits.json.

Then every run trains a fresh network with a seed of its own and scores it exactly as the hidden
tests do: perturbed test images in random order, in evaluation mode, through the same probe. A
threshold is the lower one-sided tolerance bound that 99.9 % of all such runs are above, with 95 %
confidence, rounded down to 0.1; it never lies above the lowest run that was seen. The record is
written to assignment/cnnlab/calibration.json. All takes about eight minutes on two cores.
"""

import json
import math
import platform
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from typing import Any

import torch
from cnnlab import calibration, cases, data, fitting, perturb, sampling
from cnnlab.feedback.scores import scores_symptom
from cnnlab.probes.models import scores
from torch import Tensor, nn

from autograder.errors import KitError
from autograder.paths import PROJECT
from proofs.harness import Result, counted, tell

COVERAGE, CONFIDENCE = 0.999, 0.95
FEWEST_RUNS = 50
JUDGES = 60
"""Networks that say which test images are hard. More of them find ever rarer mistakes."""
JUDGED_BY = ("lesson", "stand-in", "lesson", "stand-in", "lesson", "lecture")
"""Recipes of the judges, in turn."""
OFTEN, SOMETIMES = 0.2, 0.06
"""Shares of the judges that misread an image often, or at least sometimes."""


@dataclass(frozen=True)
class Recipe:
    """One epoch of Adam over the first `images` training images, perhaps with a schedule."""

    network: str
    images: int
    batch_size: int
    max_lr: float
    schedule: bool = True
    scaling: str = "normalised"


RECIPES = {
    "lesson": Recipe("lesson", 15_000, 64, 2e-2),
    "stand-in": Recipe("strided", 15_000, 64, 2e-2),
    "lecture": Recipe("lesson", 60_000, 64, 1e-3, schedule=False, scaling="unit"),
    "leaderboard": Recipe("lesson", 30_000, 64, 1e-2),
}
"""The two that the lesson names for q12, with its own network and the one that comes with it; the
lecture's own, which takes all images and does not normalise them; and the one that solves q18."""


@dataclass(frozen=True)
class Run:
    """One training: the device, the seed, what came out in percent, how long it took."""

    device: str
    seed: int
    accuracy: float
    seconds: float


def network(name: str) -> nn.Module:
    """The "strided" network, or that of the "lesson": two convolutions with ReLU and pool, then
    one linear layer."""
    if name == "strided":
        return fitting.strided_network()
    return nn.Sequential(
        *(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(400, 10)),
    )


def tolerance_factor(runs: int, coverage: float, confidence: float) -> float:
    """k such that mean - k · deviation is a lower one-sided tolerance bound for a normal sample.

    Natrella's approximation (Experimental Statistics, NBS Handbook 91, 1963; NIST/SEMATECH
    e-Handbook of Statistical Methods, section 7.2.6.3), within 1 % of the exact factor from the
    non-central t distribution at 50 runs. Raises ValueError below 3 runs.
    """
    if runs < 3:
        raise ValueError(f"A tolerance bound needs at least 3 runs, not {runs}.")
    z_coverage = statistics.NormalDist().inv_cdf(coverage)
    z_confidence = statistics.NormalDist().inv_cdf(confidence)
    a = 1 - z_confidence**2 / (2 * (runs - 1))
    b = z_coverage**2 - z_confidence**2 / runs
    return (z_coverage + math.sqrt(z_coverage**2 - a * b)) / a


def threshold(accuracies: Sequence[float]) -> float:
    """Return the threshold in percent: the tolerance bound of these, rounded down to 0.1."""
    factor = tolerance_factor(len(accuracies), COVERAGE, CONFIDENCE)
    bound = statistics.mean(accuracies) - factor * statistics.stdev(accuracies)
    return math.floor(10 * min(bound, *accuracies)) / 10


def summary(runs: Sequence[Run]) -> dict[str, Any]:
    """Return the entry of one recipe in the record.

    The threshold is the lowest of those of the devices: each is a distribution of its own.
    """
    found = [run.accuracy for run in runs]
    devices = sorted({run.device for run in runs})
    per_device = [[run.accuracy for run in runs if run.device == device] for device in devices]
    return {
        "runs": len(found),
        "mean": round(statistics.mean(found), 3),
        "deviation": round(statistics.stdev(found), 3),
        "minimum": round(min(found), 2),
        "threshold": min(threshold(accuracies) for accuracies in per_device),
        "devices": devices,
        "seconds_each": round(statistics.median(run.seconds for run in runs), 2),
        "accuracies": [round(run.accuracy, 2) for run in runs],
    }


def train(recipe: Recipe, seed: int, device: str) -> nn.Module:
    """Return a network trained by the recipe, from `seed`."""
    torch.manual_seed(seed)
    model = network(recipe.network).to(device)
    images, labels = data.tensors("train", recipe.images)
    if recipe.scaling == "unit":
        images = images * data.STANDARD_DEVIATION + data.MEAN
    fitting.fit(
        model,
        data.Split(images, labels, images[:1], labels[:1]),
        max_lr=recipe.max_lr,
        schedule=recipe.schedule,
        batch_size=recipe.batch_size,
        generator=torch.Generator().manual_seed(seed),
    )
    return model


def scored(model: nn.Module, images: Tensor, scaling: str = "normalised") -> Tensor:
    """The model's scores [N,10] of uint8 images [N,28,28], by the probe of the hidden tests."""
    seen = scores(model, images, scaling)
    problem = scores_symptom(seen, len(images), "q12", "model")
    table = seen["scores"]
    if problem or table is None:
        raise RuntimeError(f"A reference network failed: {problem.text if problem else ''}")
    return table


def judged_by(number: int) -> Tensor:
    """Return which test images, perturbed, judge `number` misreads: bool [10,000]."""
    torch.set_num_threads(1)  # as while grading
    images, labels = data.load("test")
    recipe = RECIPES[JUDGED_BY[number % len(JUDGED_BY)]]
    model = train(recipe, 10_000 + number, "cpu")
    changed = perturb.perturbed(images, cases.generator(f"judge {number}"))
    answers = scored(model, torch.from_numpy(changed), recipe.scaling).argmax(1)
    return answers.ne(torch.from_numpy(labels.copy()))


def find_hard_digits(misread: Sequence[Tensor]) -> sampling.HardDigits:
    """Return indices of the test images that the judges misread often, sometimes, or at least once.

    Each network sees the images with another perturbation, and none of them is measured later.
    """
    times = torch.stack(list(misread)).sum(0)
    often, sometimes = times >= OFTEN * len(misread), times >= SOMETIMES * len(misread)
    groups = {"often": often, "sometimes": sometimes & ~often, "rarely": times.gt(0) & ~sometimes}
    return {
        name: [int(index) for index in group.nonzero().flatten()] for name, group in groups.items()
    }


def measure(recipe: Recipe, seed: int, device: str) -> Run:
    """Train one network from `seed` on `device`, and score it as the hidden tests do."""
    torch.set_num_threads(1)
    started = time.perf_counter()
    model = train(recipe, seed, device)
    seconds = time.perf_counter() - started
    random = cases.generator(f"calibration {seed}")
    return Run(device, seed, accuracy(model, recipe.scaling, random), seconds)


def accuracy(model: nn.Module, scaling: str, random: torch.Generator) -> float:
    """Return the percentage of perturbed digits read rightly, by a sample that is sure."""
    for draw in (sampling.some_digits, sampling.every_digit):
        digits = draw(random)
        table = scored(model, digits.images, scaling)
        if sampling.standard_error(table, digits) <= sampling.ALLOWED_ERROR:
            break
    return sampling.accuracy_of(table, digits)


def record(runs: int, devices: Sequence[str], pool: Executor) -> dict[str, Any]:
    """Return the whole record: every recipe `runs` times on every device."""
    references: dict[str, Any] = {}
    for name, recipe in RECIPES.items():
        plan = [(recipe, seed, device) for device in devices for seed in range(runs)]
        found = list(counted(pool.map(measure, *zip(*plan, strict=True)), len(plan), name))
        references[name] = asdict(recipe) | summary(found)
        tell(f"{name}: threshold {references[name]['threshold']} %")
    return {
        "coverage": COVERAGE,
        "confidence": CONFIDENCE,
        "torch": torch.__version__,
        "machine": platform.machine(),
        "references": references,
    }


def calibrate(runs: int, devices: Sequence[str], jobs: int) -> Result:
    """Measure on `devices`, else on the CPU and on cuda where there is one; write the record."""
    if strange := sorted(set(devices) - {"cpu", "cuda"}):
        raise KitError(f"--device {strange[0]}: name cpu or cuda")
    if "cuda" in devices and not torch.cuda.is_available():
        raise KitError("--device cuda: this machine has no usable CUDA device")
    if runs < FEWEST_RUNS:
        raise KitError(f"--runs must be at least {FEWEST_RUNS}: fewer say too little about a tail")
    devices = devices or ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        judges = counted(pool.map(judged_by, range(JUDGES)), JUDGES, "judges of digits")
        hard = find_hard_digits(list(judges))
    sampling.RECORD.write_text(json.dumps(hard) + "\n", encoding="utf-8")
    counts = ", ".join(f"{len(group)} {name}" for name, group in hard.items())
    tell(f"hard digits: misread {counts}")
    # other processes: these have read the hard digits of before
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        found = record(runs, devices, pool)
    calibration.RECORD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return Result(f"written to {calibration.RECORD.relative_to(PROJECT)}")
