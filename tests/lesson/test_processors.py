"""The same marks on every processor: digits byte by byte, an honest training by its points."""

import pytest
import torch

from proofs import fairness


@pytest.mark.slow
@pytest.mark.skipif(
    torch.backends.cpu.get_cpu_capability() == "DEFAULT", reason="this processor has no other way"
)
def test_an_honest_training_has_all_points_without_vector_instructions() -> None:
    settings = fairness.PROCESSORS["no vector instructions"]
    found = fairness.on_processor(settings, fairness.COMPARED[0])
    assert isinstance(found, fairness.Found), found
    assert found.points == fairness.POINTS
    assert found.claim_is_right


def test_every_set_up_has_a_name_of_its_own_and_two_are_compared() -> None:
    names = [each.name for each in fairness.SET_UPS]
    assert len(names) == len(set(names)) == 23
    assert set(fairness.COMPARED) <= set(names)


def test_points_grow_evenly_with_the_accuracy() -> None:
    full = 93.6
    reached = [fairness.steps_reached(90 + each / 100, full, 40) for each in range(-50, 450)]
    assert reached == sorted(reached)
    assert reached[0] == 0 and reached[-1] == 40 and set(reached) == set(range(41))
