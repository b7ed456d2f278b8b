"""What the checks of a grading run share is made once, and never shared by two runs."""

from collections.abc import Iterator

import pytest
import torch
from cnnlab import cases

import labkit.cases
from labkit.run import begin, end


@pytest.fixture(autouse=True)
def another_run() -> Iterator[None]:
    token = begin(seed=987_654)
    yield
    end(token)


def numbers(random: torch.Generator, count: int) -> torch.Tensor:
    return torch.randn(count, generator=random)


def test_within_a_run_the_same_thing_is_made_once() -> None:
    first = cases.once("numbers", numbers, 4)
    assert cases.once("numbers", numbers, 4) is first
    assert torch.equal(first, numbers(cases.generator("numbers"), 4))
    assert cases.images("some", 3) is cases.images("some", 3)


def test_another_run_another_name_and_other_arguments_give_another_thing() -> None:
    first = cases.once("numbers", numbers, 4)
    assert not torch.equal(cases.once("other numbers", numbers, 4), first)
    assert len(cases.once("numbers", numbers, 5)) == 5
    assert len(cases.images("some", 3)) == 3 and len(cases.images("some", 2)) == 2
    begin(seed=987_655)
    assert not torch.equal(cases.once("numbers", numbers, 4), first)


def test_a_check_that_its_author_changes_and_runs_again_is_made_anew() -> None:
    def made_by(line: str) -> object:
        names: dict[str, object] = {"cases": cases}
        exec(f"def make(random):\n    return {line}\nfound = cases.once('edited', make)", names)
        return names["found"]

    assert made_by("1") == 1 and made_by("2") == 2 and made_by("1") == 1


def test_many_things_take_no_more_than_their_room() -> None:
    for number in range(3 * labkit.cases.ROOM):
        cases.once(f"thing {number}", numbers, 1)
    assert len(labkit.cases._made) == labkit.cases.ROOM


def test_cases_depend_on_seed_and_name_only() -> None:
    def draw(name: str) -> float:
        return torch.rand(1, generator=cases.generator(name)).item()

    first = draw("q5")
    assert draw("q5") == first
    assert draw("q6") != first
    token = begin(seed=7)
    try:
        assert draw("q5") != first
    finally:
        end(token)
