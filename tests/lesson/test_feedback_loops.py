"""q10, q11 and q13: numbers decide and records explain; what is no record hurts nobody."""

from typing import Any

import pytest
import torch
from cnnlab.cases import generator
from cnnlab.feedback import accuracies, confused_pair, evaluation, losses, training
from cnnlab.feedback.epochs import right_epoch, scored_case
from cnnlab.probes import observe
from cnnlab.probes import training as probes
from torch import Tensor, nn

OPTIONS = {"batch_size": 4, "lr": 0.2, "momentum": 0.5, "smoothing": 0.1}


def loop(model: nn.Module, loader: Any, criterion: Any, optimizer: Any, device: Any) -> float:
    model.train()
    total, count = 0.0, 0
    for images, labels in loader:
        optimizer.zero_grad()
        loss = criterion(model(images.to(device)), labels.to(device))
        loss.backward()
        optimizer.step()
        total, count = total + loss.item() * len(images), count + len(images)
    return total / count


def run(train: Any) -> tuple[Any, Any]:
    epoch = right_epoch(generator("loops"), 11, *OPTIONS.values())
    return probes.training(train, *epoch.case, OPTIONS), epoch


def test_a_right_loop_has_no_problem() -> None:
    seen, epoch = run(loop)
    assert training.epoch_problem(seen, epoch, 3) is None
    assert losses.loss_problem(seen, epoch) is None


def test_forward_passes_that_change_nothing_may_come_at_any_time() -> None:
    def curious(model: Any, loader: Any, criterion: Any, optimizer: Any, device: Any) -> float:
        model.train()
        for images, _ in loader:
            model(images)
        return loop(model, list(loader), criterion, optimizer, device)

    seen, epoch = run(curious)
    assert training.epoch_problem(seen, epoch, 3) is None
    assert losses.loss_problem(seen, epoch) is None


def test_wrong_parameters_do_not_make_a_right_mean_wrong() -> None:
    def frozen(model: Any, loader: Any, criterion: Any, optimizer: Any, device: Any) -> float:
        optimizer.param_groups[0]["lr"] = 0.0
        return loop(model, loader, criterion, optimizer, device)

    seen, epoch = run(frozen)
    assert training.epoch_problem(seen, epoch, 3) is not None
    assert losses.loss_problem(seen, epoch) is None


def test_a_record_that_looks_right_does_not_excuse_wrong_parameters() -> None:
    seen, epoch = run(loop)
    moved = [weight + 1e-3 for weight in epoch.weights]
    problem = training.epoch_problem(seen, epoch._replace(weights=moved), 3)
    assert problem and (problem.causes, problem.symptom) == ((), "parameters")
    nan = [torch.full_like(weight, float("nan")) for weight in epoch.weights]
    assert training.epoch_problem(seen | {"weights": nan}, epoch._replace(weights=nan), 3)


def test_a_loss_over_some_batches_only_is_told_as_that() -> None:
    def early(model: Any, loader: Any, criterion: Any, optimizer: Any, device: Any) -> float:
        return loop(model, list(loader)[:2], criterion, optimizer, device)

    seen, epoch = run(early)
    for problem in (training.epoch_problem(seen, epoch, 3), losses.loss_problem(seen, epoch)):
        assert problem and problem.causes == ("batches_left_out",)


def accuracy(model: nn.Module, loader: Any, device: Any) -> float:
    mode = model.training
    model.eval()
    with torch.no_grad():
        hits = [model(images.to(device)).argmax(1) == labels for images, labels in loader]
    model.train(mode)
    return 100 * torch.cat(hits).double().mean().item()


def evaluated(answer: Any) -> tuple[Any, float, Any]:
    case, table = scored_case(generator("accuracy"), 9)
    options = {"batch_size": 4, "training": True}
    seen = probes.evaluation(answer, *case, options)
    expected = 100 * float(table.argmax(1).eq(case.labels).double().mean())
    return seen, expected, accuracies.accuracy_mistakes(table, case.labels, 4)


def test_a_right_evaluation_has_no_problem() -> None:
    seen, expected, mistakes = evaluated(accuracy)
    assert evaluation.accuracy_problem([seen], [expected], [mistakes]) is None
    assert evaluation.looks_only_problem(seen, True) is None


def test_gradients_that_are_recorded_and_a_mode_that_is_left_are_told() -> None:
    def careless(model: Any, loader: Any, _: Any) -> float:
        model.eval()
        hits = [model(images).argmax(1) == labels for images, labels in loader]
        return 100 * torch.cat(hits).double().mean().item()

    seen, expected, mistakes = evaluated(careless)
    assert evaluation.accuracy_problem([seen], [expected], [mistakes]) is None
    problem = evaluation.looks_only_problem(seen, True)
    assert problem and problem.causes == ("gradients_recorded",)
    problem = evaluation.looks_only_problem(seen | {"tracked": [False]}, True)
    assert problem and problem.causes == ("mode_not_restored",)


@pytest.mark.parametrize("seen", [None, 3, [], {}, {"call": 1}, {"call": {}, "modes": [1, None]}])
def test_a_record_that_is_none_is_no_fault_of_the_check(seen: Any) -> None:
    _, epoch = run(loop)
    for problem in (
        training.epoch_problem(seen, epoch, 3),
        losses.loss_problem(seen, epoch),
        evaluation.accuracy_problem([seen], [1.0], [{}]),
        evaluation.looks_only_problem(seen, True),
        confused_pair.pair_problem([seen], [torch.eye(3)]),
    ):
        assert problem and problem.symptom == "unreadable"


def pair(value: Any, matrix: Tensor) -> Any:
    return confused_pair.pair_problem([observe(lambda _: value, matrix)], [matrix])


def test_any_of_tied_pairs_is_right_and_the_diagonal_never() -> None:
    matrix = torch.tensor([[80, 4, 1], [4, 90, 0], [2, 0, 70]])
    for right in ((0, 1), (1, 0), [0, 1], torch.tensor([1, 0])):
        assert pair(right, matrix) is None
    assert pair((1, 1), matrix).causes == ("diagonal_included",)


@pytest.mark.parametrize(
    "value", [None, 3, "49", (1,), (1, 2, 3), (1.5, 2), (float("nan"), 1), (9, 9)]
)
def test_what_is_no_pair_is_refused_with_words(value: Any) -> None:
    assert pair(value, torch.ones(3, 3)).text
