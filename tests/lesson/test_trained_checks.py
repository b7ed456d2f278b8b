"""q12 and q18 ask what a network stores and whether its weights compute; both have a rule each."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from cnnlab import trained_checks
from cnnlab.judging import EMPTIED_COUNT, validation_digits
from torch import nn

from labkit.diagnosis import CheckFailed
from labkit.run import running


def known_digits() -> tuple[torch.Tensor, torch.Tensor]:
    """The digits that the public checks judge, as a table of all images would have them."""
    digits, others = validation_digits(), validation_digits(EMPTIED_COUNT)
    images = torch.cat([digits.images, others.images]).flatten(1).float()
    return images / 255, torch.cat([digits.labels, others.labels])


class Nearest(nn.Module):
    """Looks its answers up in a table; its layer is for show."""

    def __init__(self, in_weights: bool = False) -> None:
        super().__init__()
        self.shown = nn.Linear(784, 5)
        table, answers = known_digits()
        if in_weights:
            self.register_buffer("table", table)
        else:
            self.table = [table]
        self.answers = answers.tolist()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        table = self.table if isinstance(self.table, torch.Tensor) else self.table[0]
        pixels = x.flatten(1)
        pixels = (pixels - pixels.amin(1, keepdim=True)) / (pixels.amax() - pixels.amin())
        places = torch.cdist(pixels, table).argmin(1).tolist()
        labels = torch.tensor([self.answers[place] for place in places])
        return nn.functional.one_hot(labels, 10).float() * 9


@pytest.fixture(autouse=True)
def shown() -> Iterator[dict[str, Any]]:
    """What the checks show."""
    found: dict[str, Any] = {}
    with running(shown=found, seed=7):
        yield found


@pytest.mark.parametrize("question", ["q12", "q18"])
def test_a_table_that_stands_beside_the_weights_is_told_as_such(question: str) -> None:
    with pytest.raises(CheckFailed) as failure:
        trained_checks.check_learned(question, "model", Nearest())
    assert failure.value.diagnosis.causes == ("computes_elsewhere",)


def test_a_table_in_the_weights_is_for_a_person_to_look_at(shown: dict[str, Any]) -> None:
    trained_checks.check_learned("q12", "model", Nearest(in_weights=True))
    assert "is it a table of digits?" in shown["review"]


def test_no_table_enters_the_leaderboard(shown: dict[str, Any]) -> None:
    for model in (Nearest(), Nearest(in_weights=True)):
        with pytest.raises(CheckFailed):
            trained_checks.check_leaderboard(model, (1, 4))
        assert "leaderboard" not in shown


class Within(nn.Module):
    """Ten times 501 numbers: within the budget."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(500, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x)


class ByGlobal(Within):
    """The same, and what stands beside it."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x) + TABLE[0]


@pytest.mark.parametrize("where", ["parameters", "buffers", "attributes", "globals"])
def test_numbers_count_against_the_budget_wherever_they_stand(where: str) -> None:
    model = ByGlobal() if where == "globals" else Within()
    more = torch.zeros(trained_checks.BUDGET)
    trained_checks.check_budget(Within())
    if where == "parameters":
        model.more = nn.Parameter(more)
    elif where == "buffers":
        model.register_buffer("more", more)
    elif where == "attributes":
        model.more = {"kept": more.tolist()}
    with pytest.raises(CheckFailed):
        trained_checks.check_budget(model)


TABLE = torch.zeros(trained_checks.BUDGET)


@pytest.mark.parametrize("step", [(1, 4), (3, 4)])
def test_the_leaderboard_asks_at_every_step_whether_the_weights_compute(
    step: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trained_checks, "BUDGET", 10**9)
    with pytest.raises(CheckFailed) as failure:
        trained_checks.check_leaderboard(Nearest(), step)
    told = failure.value.diagnosis
    assert told.causes == ("computes_elsewhere",) or told.symptom == "learned_too_little"
