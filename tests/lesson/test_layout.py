"""Images in another order in memory are the same images, and no network fails by it."""

import pytest
import torch
from cnnlab import fitting
from cnnlab.layout import channels_last, suited
from cnnlab.shortcut import network
from torch import nn

PIXELS = torch.randn(3, 3, 12, 14, generator=torch.Generator().manual_seed(1))


class WithView(nn.Module):
    """A network whose feature maps must lie in the usual order, as students like to write it."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution, self.fc = nn.Conv2d(1, 4, 3), nn.Linear(4 * 26 * 26, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.fc(torch.relu(self.convolution(images)).view(len(images), -1))


@pytest.mark.parametrize(
    "images",
    [PIXELS, PIXELS[:, :1], PIXELS[:, :1, 2:9, 3:11], PIXELS.transpose(2, 3), PIXELS[::2, 1:2]],
)
def test_the_images_stay_the_same(images: torch.Tensor) -> None:
    ordered = channels_last(images)
    assert torch.equal(ordered, images)
    assert ordered.stride()[1] == 1 and ordered.stride()[3] == images.shape[1]


def test_a_convolution_keeps_the_order_so_that_all_layers_gain() -> None:
    maps = nn.Conv2d(1, 8, 3)(channels_last(PIXELS[:, :1]))
    assert maps.stride()[1] == 1


def test_a_network_that_calls_view_gets_the_usual_order_and_keeps_its_modes() -> None:
    model, images = WithView(), torch.zeros(2, 1, 28, 28)
    model.fc.eval()
    assert suited(images, model) is images
    assert model.training and model.convolution.training and not model.fc.training
    assert suited(images, network()).stride()[1] == 1
    assert fitting.scores(model, images).shape == (2, 10)
