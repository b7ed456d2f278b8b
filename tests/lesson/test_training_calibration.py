"""Thresholds follow from the recorded runs; schedule, perturbation and fitting do their part."""

import json
import math
import statistics

import pytest
import torch
from cnnlab import calibration, data, fitting
from cnnlab.schedule import one_cycle

from autograder.errors import KitError
from proofs import calibrate

RECORD = json.loads(calibration.RECORD.read_text(encoding="utf-8"))["references"]


def test_the_tolerance_factor_agrees_with_the_tables():
    # exact factors, from the non-central t distribution
    assert calibrate.tolerance_factor(50, 0.99, 0.95) == pytest.approx(2.862, rel=0.01)
    assert calibrate.tolerance_factor(50, 0.999, 0.95) == pytest.approx(3.766, rel=0.01)
    assert calibrate.tolerance_factor(100, 0.95, 0.95) == pytest.approx(1.927, rel=0.01)


@pytest.mark.parametrize("name", ["lesson", "stand-in", "lecture", "leaderboard"])
def test_the_recorded_threshold_follows_from_the_recorded_runs(name):
    entry = RECORD[name]
    assert entry["runs"] == len(entry["accuracies"]) >= 50
    assert entry["minimum"] == min(entry["accuracies"])
    assert entry["mean"] == pytest.approx(statistics.mean(entry["accuracies"]), abs=0.01)
    if entry["devices"] == ["cpu"]:
        assert entry["threshold"] == pytest.approx(
            calibrate.threshold(entry["accuracies"]), abs=0.1
        )


def test_no_recorded_run_is_below_its_threshold():
    for entry in RECORD.values():
        assert entry["threshold"] <= entry["minimum"]


def test_the_network_that_comes_with_the_notebook_loses_nothing_in_q12():
    """Whoever cannot use an earlier answer takes it instead: it must pass as surely."""
    assert RECORD["stand-in"]["network"] == "strided"
    assert calibration.threshold() <= min(RECORD["stand-in"]["accuracies"])
    assert calibration.threshold() <= calibration.reference("stand-in").threshold


def test_the_lectures_own_recipe_passes_too():
    """60,000 images from 0 to 1, Adam at 0.001, one epoch."""
    assert RECORD["lecture"]["scaling"] == "unit" and not RECORD["lecture"]["schedule"]
    assert calibration.threshold() <= RECORD["lecture"]["threshold"]


def test_the_leaderboard_starts_above_the_threshold_of_q12():
    assert 0 < calibration.leaderboard_threshold() - calibration.threshold() < 4


def test_a_threshold_never_lies_above_the_lowest_run():
    assert calibrate.threshold([97.0] * 49 + [95.0]) <= 95.0
    assert calibrate.threshold([97.04, 97.05, 97.06] * 20) == 97.0


def test_fewer_than_fifty_runs_are_refused():
    with pytest.raises(KitError, match="at least 50"):
        calibrate.calibrate(10, (), 1)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_a_gpu_that_is_not_there_is_refused_before_anything_is_trained():
    with pytest.raises(KitError, match="no usable CUDA device"):
        calibrate.calibrate(50, ("cuda",), 1)


def test_the_threshold_holds_on_every_device_that_was_measured():
    cpu, gpu = [97.0, 97.1, 97.2] * 20, [96.0, 96.1, 96.2] * 20
    runs = [calibrate.Run("cpu", seed, found, 1.0) for seed, found in enumerate(cpu)]
    runs += [calibrate.Run("cuda", seed, found, 1.0) for seed, found in enumerate(gpu)]
    entry = calibrate.summary(runs)
    assert entry["devices"] == ["cpu", "cuda"] and entry["runs"] == 120
    assert entry["threshold"] == calibrate.threshold(gpu) < calibrate.threshold(cpu)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_run_on_a_gpu_reaches_what_one_on_the_cpu_reaches():
    recipe = calibrate.Recipe("lesson", images=4_000, batch_size=64, max_lr=2e-2)
    cpu, gpu = (calibrate.measure(recipe, seed=1, device=device) for device in ("cpu", "cuda"))
    assert gpu.device == "cuda"
    assert gpu.accuracy == pytest.approx(cpu.accuracy, abs=3)


def test_an_honest_report_is_within_the_tolerance_and_a_typed_in_one_is_not():
    generator = torch.Generator().manual_seed(0)
    reports = torch.rand(2000, 1000, generator=generator).lt(0.97).double().mean(1) * 100
    far = (reports - 97.0).abs() > calibration.claim_tolerance(97.0)
    assert far.double().mean() < 0.003
    assert calibration.claim_tolerance(97.0) < 2
    assert calibration.claim_tolerance(100.0) > 0


def rates(steps: int, taken: int) -> list[float]:
    optimizer = torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=1.0)
    one_cycle(optimizer, max_lr=0.02, steps=steps)
    found = []
    for _ in range(taken):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
    return found


def test_the_rate_rises_to_its_maximum_and_falls_to_almost_nothing():
    found = rates(100, 100)
    assert max(found) == pytest.approx(0.02, rel=0.01)
    assert found[0] == pytest.approx(0.0008)
    assert found[-1] < 1e-6
    top = found.index(max(found))
    assert found[: top + 1] == sorted(found[: top + 1])
    assert found[top:] == sorted(found[top:], reverse=True)


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 10])
def test_more_steps_than_announced_keep_the_last_rate(steps):
    found = rates(steps, steps + 8)
    assert all(math.isfinite(rate) and rate > 0 for rate in found)
    assert found[-1] == found[-2]


@pytest.mark.parametrize(("steps", "max_lr"), [(0, 0.1), (5, 0.0), (5, math.nan)])
def test_an_impossible_schedule_is_refused(steps, max_lr):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    with pytest.raises(ValueError, match="at least 1 step"):
        one_cycle(optimizer, max_lr, steps)


def test_fitting_learns_and_leaves_evaluation_mode():
    torch.manual_seed(0)
    model = fitting.strided_network()
    split = data.train_and_validation(train=2_000, validation=500)
    accuracy = fitting.fit(model, split, generator=torch.Generator().manual_seed(0))
    assert accuracy > 80
    assert not model.training
    assert accuracy == fitting.accuracy(model, split.validation_images, split.validation_labels)
