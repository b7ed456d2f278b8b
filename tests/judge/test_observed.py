"""What a probe sends back is of the declared type, or it is the student's own fault."""

import random
from typing import Any

import pytest
import torch
from cnnlab.probes import observe
from cnnlab.probes.models import network, scores
from cnnlab.probes.pictures import learning_curve
from cnnlab.probes.storage import size
from cnnlab.probes.training import evaluation, training, training_moves

from autograder.judge.observed import TEXT_LIMIT, Malformed, observed
from autograder.judge.wire import StudentError
from autograder.records import Outcome
from autograder.wire.values import Decoder, Encoder
from proofs.attacks import observations
from proofs.attacks.fuzz import lesson_checks
from proofs.attacks.inputs import frame
from proofs.attacks.targets import answered


@pytest.fixture(scope="module")
def checks() -> list[observations.Recorded]:
    return lesson_checks()


def sent(value: Any) -> Any:
    encoder = Encoder(lambda _: {"object": 0, "type": "function", "callable": True})
    tree = encoder.encode(value)
    return Decoder(encoder.body, lambda _: object()).decode(tree)


def test_every_true_observation_of_the_lesson_passes(checks: Any) -> None:
    seen = [call for check in checks for call in check.calls]
    assert len(seen) > 50
    for look, arguments, value in seen:
        observed(look, arguments, sent(value))


def test_a_forged_observation_is_never_a_fault_of_the_grader(checks: Any) -> None:
    forge = observations.target(checks)
    for seed in observations.seeds(2_000, seed=3):
        forge(seed)


def test_a_check_that_fails_by_an_observation_is_found(checks: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(observations, "observed", lambda look, arguments, other: 1 / 0)
    with pytest.raises(observations.Fault, match="ZeroDivisionError"):
        observations.forge(checks[0], random.Random(1))


OBSERVED = observe(int)
MODEL = torch.nn.Linear(2, 2)
TRUE = {
    observe: OBSERVED,
    network: network(MODEL, torch.zeros(1, 1, 28, 28), 1),
    scores: scores(MODEL, torch.zeros(1, 28, 28, dtype=torch.uint8)),
    size: size(MODEL),
    learning_curve: {"losses": [1.0, float("nan")], "batches": 2, "broken": True},
    training_moves: {"images": ["cpu"], "labels": []},
}


class Text(str):
    """Text that may do more."""


@pytest.mark.parametrize("look", TRUE)
def test_an_entry_that_is_missing_foreign_or_of_another_type_is_refused(look: Any) -> None:
    true: Any = TRUE[look]
    assert observed(look, (), true) is true
    for other in (None, [], 3, "text", [true], true | {"more": 1}):
        with pytest.raises(Malformed):
            observed(look, (), other)
    for name in true:
        if name in look.__annotations__["return"].__required_keys__:
            with pytest.raises(Malformed):
                observed(look, (), {key: true[key] for key in true if key != name})
        if name != "value":
            for value in (object(), (), {"a": 1}, 1 + 0j, [object()], Text("x")):
                with pytest.raises(Malformed):
                    observed(look, (), true | {name: value})


@pytest.mark.parametrize(
    ("look", "name", "value"),
    [
        (size, "parameters", -99999999999999999),
        (size, "parameters", 10**30),
        (size, "parameters", True),
        (size, "module", 1),
        (network, "shapes", [[-1, 3]]),
        (network, "shapes", [["3"]]),
        (network, "shapes", [3]),
        (network, "stored", 1 << 50),
        (network, "trainable", [1]),
        (observe, "line", -1),
        (observe, "types", [None]),
        (observe, "raised", "x" * (TEXT_LIMIT + 1)),
        (observe, "value", ["x" * 10_000] * 3),
        (observe, "value", {"x" * (TEXT_LIMIT + 1): 1}),
        (learning_curve, "losses", [1]),
        (scores, "scores", [[1.0] * 10]),
        (scores, "shape", [1.0]),
    ],
)
def test_numbers_that_cannot_be_and_texts_without_end_are_refused(
    look: Any, name: str, value: Any
) -> None:
    true: Any = TRUE[look]
    with pytest.raises(Malformed):
        observed(look, (), true | {name: value})


def test_one_observation_of_several_is_enough_to_refuse_them() -> None:
    from cnnlab.probes import each

    calls = ([("cnnlab.probes", "observe", (), {}), ("cnnlab.probes.storage", "size", (), {})],)
    true: Any = [OBSERVED, TRUE[size]]
    assert observed(each, calls, true) is true
    for other in ([OBSERVED], [*true, OBSERVED], [OBSERVED, OBSERVED], true[::-1], None):
        with pytest.raises(Malformed):
            observed(each, calls, other)


@pytest.mark.parametrize("look", [training, evaluation])
def test_a_session_tells_a_forged_observation_as_the_students_own_fault(look: Any) -> None:
    answer = frame({"id": 1, "ok": True, "value": {"dict": [["call", "forged"]]}}, b"")
    with answered(answer) as session, pytest.raises(StudentError) as raised:
        session.probe(look, (), {})
    assert raised.value.outcome is Outcome.STUDENT_ERROR
    assert "changed the checks' probes" in str(raised.value)
    assert look.__name__ not in raised.value.without_text
