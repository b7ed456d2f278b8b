"""The lesson's curve is its criterion: gradients pass through, evaluation isn't recorded."""

import pytest
import torch
from cnnlab import progress
from torch import nn


def test_criterion_returns_the_loss_with_its_gradient():
    curve = progress.LiveCurve(nn.MSELoss())
    prediction = torch.tensor([1.0, 3.0], requires_grad=True)

    loss = curve(prediction, torch.zeros(2))
    loss.backward()

    assert loss.item() == pytest.approx(5.0)
    assert prediction.grad is not None
    assert curve.losses == pytest.approx([5.0])
    assert curve.reduction == "mean"


def test_losses_without_gradient_belong_to_evaluation_and_are_not_recorded():
    curve = progress.LiveCurve(nn.MSELoss())

    with torch.no_grad():
        curve(torch.ones(2), torch.zeros(2))

    assert curve.losses == []
