"""Observations that no probe has made, for the real checks: none may pass as a fault of the grader.

The checks run once on the lesson's own answers, and what the probes saw is kept. Then they run
again, and one observation is another: changed as a tree of the wire, or in one place after the
wire, or made anew of whatever its probe is declared to give.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast, get_args, get_origin, get_type_hints

import numpy as np
import torch
import torch.nn.functional as F
from otter.test_files.abstract_test import TestCase

import labkit.probes
from autograder.judge.observed import Malformed, observed, probe_named
from autograder.judge.score import Question, score_question
from autograder.judge.wire import StudentError
from autograder.records import Outcome
from autograder.wire.frames import WireError, is_list, is_object
from autograder.wire.values import Decoder, Encoder
from labkit.run import begin, running
from proofs.attacks.mutate import LEAVES, changed_bytes, changed_tree

UNTRAINED = """
from torch import nn
model = best_model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
reported_accuracy, filter_notes = 97.0, "edges and strokes " * 20
"""
"""In the place of the answers that train."""
TRAINS = ("q12", "q18")
NUMBERS = (0, 1, -1, 2, 3, 28, 999, 10**6, 1 << 39, (1 << 63) - 1, -(1 << 62))
REALS = (0.0, -1.0, 0.5, 97.0, 1e308, -1e308, 5e-324, float("nan"), float("inf"), -float("inf"))
TEXTS = ("", "x" * 15_000, "nothing to call: a class", "ValueError: \ud7ff", "batch", "meta", "\n")
DTYPES = (torch.float32, torch.float64, torch.float16, torch.int64, torch.uint8, torch.bool)
SHAPES = ((), (0,), (1,), (10,), (12, 10), (0, 10), (3, 0, 2), (1, 1, 5, 5), (2,) * 9)

Look = Callable[..., Any]


class Fault(Exception):
    """A check took an observation for a fault of its own."""


@dataclass
class Recorded:
    """One check, what it looks at, and what the probes saw for it."""

    question: str
    case: TestCase
    names: Mapping[str, Any]
    calls: list[tuple[Look, tuple[Any, ...], Any]] = field(
        default_factory=list[tuple[Look, tuple[Any, ...], Any]]
    )

    def run(self, place: int | None = None, other: Any = None) -> None:
        """Run the check, with `other` as what the probe saw at `place`. Raises `Fault`."""
        made = 0

        def play(look: Look, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
            nonlocal made
            made += 1
            if place is None or made > len(self.calls):
                value = look(*arguments, **keywords)
                if place is None:
                    self.calls.append((look, arguments, value))
                return value
            if made == place + 1:
                return _sent(look, arguments, other)
            return self.calls[made - 1][2]

        with running(runner=play, kept={}):
            result = score_question(Question(self.question, (self.case,)), self.names)
        if result.outcome is Outcome.GRADER_ERROR:
            raise Fault(f"{self.case.name}: {result.cases[0].message}")


def _sent(look: Look, arguments: tuple[Any, ...], other: Any) -> Any:
    """Return what the check gets of `other`, as a session gives it."""
    try:
        return observed(look, arguments, other)
    except Malformed as problem:
        raise StudentError(Outcome.STUDENT_ERROR, str(problem)) from None


def recorded(questions: Sequence[Question], answers: Mapping[str, str]) -> list[Recorded]:
    """Return all checks that use probes, after one run on `answers`, code by question."""
    begin(seed=1)
    names: dict[str, Any] = {"torch": torch, "nn": torch.nn, "F": F, "np": np}
    found: list[Recorded] = []
    for question in questions:
        answer = UNTRAINED if question.id in TRAINS else answers[question.id]
        exec(compile(answer, question.id, "exec"), names)
        for case in question.cases:
            one = Recorded(question.id, case, dict(names))
            one.run()
            found += [one] if one.calls else []
    return found


def forge(check: Recorded, source: random.Random) -> None:
    """Run a check with one forged observation. Raises `Fault`."""
    place = source.randrange(len(check.calls))
    look, arguments, true = check.calls[place]
    match source.randrange(5):
        case 0:
            other = over_the_wire(true, source)
        case 1 | 2:
            other = changed(true, source)
        case _:
            other = made_anew(look, arguments, source)
    check.run(place, other)


def over_the_wire(value: Any, source: random.Random) -> Any:
    """Return what can still be read of `value` after its tree, perhaps its bytes, were changed."""
    encoder = Encoder(lambda _: {"object": 0, "type": "function", "callable": True})
    tree = changed_tree(encoder.encode(value), source)
    body = changed_bytes(encoder.body, source, most=2) if source.random() < 0.3 else encoder.body
    try:
        return Decoder(body, lambda _: object()).decode(tree)
    except WireError:
        return None


def changed(value: Any, source: random.Random) -> Any:
    """Return `value` with one part in it replaced, mostly by one of the same kind."""
    if is_object(value) and value and source.random() < 0.9:
        key = source.choice(list(value))
        return {**value, key: changed(value[key], source)}
    if is_list(value) and value and source.random() < 0.8:
        items = list(value)
        place = source.randrange(len(items))
        items[place] = changed(items[place], source)
        return items if source.random() < 0.8 else items[: source.randrange(len(items) + 1)]
    if isinstance(value, torch.Tensor) and source.random() < 0.7:
        other = torch.full_like(value, 0).double()
        other += source.choice(REALS) if source.random() < 0.5 else torch.randn(value.shape)
        return other.to(source.choice((value.dtype, *DTYPES)))
    if source.random() < 0.3:
        return anything(source)
    return of_type(cast("Any", type(value)), source)


def made_anew(look: Look, arguments: tuple[Any, ...], source: random.Random) -> Any:
    """Return an observation of the declared type, or several where several are asked for."""
    if look is labkit.probes.each:
        return [made_anew(probe_named(*each[:2]), (), source) for each in arguments[0]]
    return of_type(get_type_hints(look, include_extras=True)["return"], source)


def of_type(hint: Any, source: random.Random) -> Any:
    """Return a value of the type that `hint` is."""
    if hasattr(hint, "__required_keys__"):
        kinds = get_type_hints(hint).items()
        optional = hint.__optional_keys__
        return {
            name: of_type(kind, source)
            for name, kind in kinds
            if name not in optional or source.random() < 0.8
        }
    origin, parts = get_origin(hint), get_args(hint)
    if origin is list:
        return [of_type(parts[0], source) for _ in range(source.choice((0, 1, 2, 4, 8, 30)))]
    if parts and type(None) in parts:
        return None if source.random() < 0.2 else of_type(parts[0], source)
    if parts and isinstance(parts[-1], range):
        return source.choice([number for number in NUMBERS if number in parts[-1]])
    known: dict[Any, Callable[[], Any]] = {
        bool: lambda: source.random() < 0.5,
        int: lambda: source.choice(NUMBERS),
        float: lambda: source.choice(REALS),
        str: lambda: source.choice(TEXTS) if source.random() < 0.6 else "",
        torch.Tensor: lambda: tensor(source),
    }
    return known.get(hint, lambda: anything(source))()


def tensor(source: random.Random) -> torch.Tensor:
    """Return a tensor of any shape, kind and content."""
    shape = source.choice(SHAPES)
    numbers = torch.randn(shape, dtype=torch.float64) * source.choice((0.0, 1.0, 1e30))
    if source.random() < 0.3:
        numbers += source.choice(REALS)
    return numbers.to(source.choice(DTYPES))


def anything(source: random.Random) -> Any:
    """Return what a student's function may return."""
    values = [*LEAVES, *NUMBERS, *REALS, tensor(source), tensor(source).numpy(), np.float64(3), ...]
    values += [10**900, (1, 2), [tensor(source)], {"a": 1}, {(): [()]}, object(), np.int8(-1)]
    return source.choice(values)


def seeds(count: int, seed: int) -> Iterator[bytes]:
    """Yield what is forged, in a form that can be given to a target and told of a problem."""
    return (str(seed * 1_000_003 + number).encode() for number in range(count))


def target(checks: Sequence[Recorded]) -> Callable[[bytes], None]:
    """Return one forged observation for one of `checks`, by a seed. Raises `Fault`."""

    def check(seed: bytes) -> None:
        number = int(seed)
        forge(checks[number % len(checks)], random.Random(number))

    return check
