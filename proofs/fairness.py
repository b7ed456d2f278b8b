"""Train what honest students train, and see who passes q12.

Every set-up is trained with several seeds and judged as while grading, under the scaling that it
was trained with or whichever suits it better. Two of them are trained again on other vector
instructions, as older and newer processors have them. With 3 seeds that takes about ten minutes on
two quiet cores.
"""

import json
import statistics
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context

import torch
from cnnlab import calibration, cases, data, fitting, sampling
from cnnlab.feedback.claims import claim_diagnosis
from cnnlab.judging import Judged, judge, steps_reached
from cnnlab.schedule import one_cycle
from torch import Tensor, nn

from autograder.errors import KitError
from proofs.calibrate import network
from proofs.harness import answer_of, counted

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
    """Return the normalised `images` in another scaling."""
    pixels = images * data.STANDARD_DEVIATION + data.MEAN
    return {"normalised": images, "unit": pixels, "signed": 2 * pixels - 1}[scaling]


def trained(setup: SetUp, seed: int) -> tuple[nn.Module, float]:
    """Return the network of one student, and the accuracy that it is reported with."""
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
    """Return the network on these digits, as while grading."""
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
    try:
        found = answer_of("proofs", "fairness", "--only", name, variables=settings)
    except KitError as problem:
        return str(problem)
    return Found(**(found | {"errors": tuple(found["errors"])}))


def as_json(name: str) -> str:
    """Train the set-up of this name once; return what was found."""
    chosen = next((each for each in SET_UPS if each.name == name), None)
    if chosen is None:
        raise KitError(f"--only: there is no set-up {name!r}")
    return json.dumps(asdict(look_at(chosen, 0)))


def measure(seeds: int, jobs: int) -> tuple[Sequence[Found], Mapping[tuple[str, str], Found | str]]:
    """Train every set-up `seeds` times, and two of them as on other processors."""
    plan = [(setup, seed) for setup in SET_UPS for seed in range(seeds)]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        trained = pool.map(look_at, *zip(*plan, strict=True))
        found = list(counted(trained, len(plan), "trainings"))
    return found, {
        (processor, name): on_processor(settings, name)
        for processor, settings in PROCESSORS.items()
        for name in COMPARED
    }
