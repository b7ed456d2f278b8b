"""Stand-ins that note what a training loop does with network, loader, loss and optimizer.

The notes explain a wrong result; whether it is wrong, numbers decide. So they follow images and
labels by what they are, not by when they come: a loop may read ahead, take images one by one, or
look at the model once more.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import TensorDataset

DROPPED = 0.25
"""Share of the units that `masks` should drop; the others are scaled up to make up for them."""
MASK_PIXELS = (20, 40, 60)
"""The signs of these pixels of an image choose its mask among eight."""
CPU, META = torch.device("cpu"), torch.device("meta")


class Notes:
    """What happens to a network, a loader, a loss and an optimizer; shared by all copies."""

    def __init__(self, images: Tensor, labels: Tensor) -> None:
        self.images, self.labels = images, labels
        lists = "modes tracked same_images losses sizes same_labels same_scores shares steps rates"
        self.lists: dict[str, list[Any]] = {name: [] for name in lists.split()}
        self.batches = self.loops = 0
        self.passes: list[tuple[list[int] | None, Tensor]] = []
        self.held: list[Tensor | None] | None = None

    def __deepcopy__(self, _memo: Any) -> "Notes":
        return self

    def add(self, **values: Any) -> None:
        """Append one value to each list that is named."""
        for name, value in values.items():
            self.lists[name].append(value)

    def report(self) -> dict[str, Any]:
        """What is told: plain lists and numbers."""
        return self.lists | {"batches": self.batches, "loops": self.loops}

    def places(self, images: Any) -> list[int] | None:
        """Which of the known images these are; None where one is not known as it is."""
        if not isinstance(images, Tensor) or images.shape[1:] != self.images.shape[1:]:
            return None
        same = (images.detach().double()[:, None] - self.images[None]).abs().flatten(2).amax(2)
        nearest = same.min(1)
        return nearest.indices.tolist() if bool((nearest.values < 1e-6).all()) else None


class SmallNetwork(nn.Module):
    """A small convolutional classifier in float64 whose dropout follows given masks.

    In training mode an image drops the units that are 0 in its own row of `masks` [8, units], so
    that the result does not depend on how often or in what order images come.
    """

    def __init__(self, weights: list[Tensor], masks: Tensor) -> None:
        super().__init__()
        self.kernel, self.kernel_bias, self.head, self.head_bias = (
            nn.Parameter(weight.clone()) for weight in weights
        )
        self.masks = masks

    def forward(self, images: Tensor) -> Tensor:
        """Images [B,1,S,S] → scores [B,10], float64."""
        images = images.double()
        maps = F.conv2d(images, self.kernel, self.kernel_bias, stride=2)
        units = torch.tanh(maps).flatten(1)
        if self.training:
            bits = images.flatten(1)[:, MASK_PIXELS] > 0
            rows = (bits * torch.tensor([1, 2, 4])).sum(1)
            units = units * self.masks[rows] / (1 - DROPPED)
        return F.linear(units, self.head, self.head_bias)


class RecordedNetwork(nn.Module):
    """Passes everything on to a network and notes every forward pass."""

    def __init__(self, network: nn.Module, notes: Notes) -> None:
        super().__init__()
        self.network, self.notes = network, notes

    def forward(self, images: Any) -> Any:
        """What the network gives for `images`."""
        result = self.network(images)
        places = self.notes.places(images)
        self.notes.add(
            modes=bool(self.training and self.network.training),
            tracked=bool(result.requires_grad),
            same_images=places is not None,
        )
        self.notes.passes.append((places, result.detach().clone()))
        return result


class RecordedLoader:
    """Yields the batches of (images, labels) and counts them."""

    def __init__(self, images: Tensor, labels: Tensor, batch_size: int, notes: Notes) -> None:
        self.batches = list(zip(images.split(batch_size), labels.split(batch_size), strict=True))
        self.dataset = TensorDataset(images.clone(), labels.clone())
        self.batch_size, self.notes = batch_size, notes

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        self.notes.loops += 1
        for images, labels in self.batches:
            self.notes.batches += 1
            yield images.clone(), labels.clone()


class RecordedLoss(nn.Module):
    """Cross-entropy with label smoothing that notes what it is given, and what it gives.

    Labels must be whole numbers, as many losses demand that a training loop may be given.
    """

    def __init__(self, notes: Notes, smoothing: float) -> None:
        super().__init__()
        self.notes, self.smoothing = notes, smoothing

    def forward(self, scores: Tensor, labels: Tensor) -> Tensor:
        """Scores [B,10] and digits [B] → the mean cross-entropy."""
        logarithms = F.log_softmax(scores, 1)
        hits, spread = F.nll_loss(logarithms, labels), -logarithms.mean()
        loss = (1 - self.smoothing) * hits + self.smoothing * spread
        # A look at the loss without learning is no part of the training.
        if scores.requires_grad or not any(self.notes.lists["tracked"]):
            self._note(scores.detach(), labels, loss)
        return loss

    def _note(self, given: Tensor, target: Tensor, loss: Tensor) -> None:
        notes = self.notes
        of_model = [places for places, result in notes.passes if torch.equal(result, given)]
        places = of_model[-1] if of_model else notes.passes[-1][0] if notes.passes else None
        labels = notes.labels[places] if places is not None else None
        summed = given.sum(1)
        notes.add(
            losses=float(loss.detach()),
            sizes=len(given),
            same_labels=labels is None or torch.equal(target, labels),
            same_scores=bool(of_model),
            shares=torch.allclose(summed, torch.ones_like(summed)) and bool((given >= 0).all()),
        )


def watch(network: nn.Module, optimizer: torch.optim.Optimizer, notes: Notes) -> None:
    """Note at each step of `optimizer` where the gradients come from, and the learning rate."""
    last: dict[int, Tensor] = {}
    parameters = list(network.parameters())

    def arrived(place: int, gradient: Tensor) -> None:
        last[place] = gradient.clone()

    for place, parameter in enumerate(parameters):
        parameter.register_hook(partial(arrived, place))

    def note() -> None:
        held = [None if p.grad is None else p.grad.detach().clone() for p in parameters]
        steps = _source(held, [last.get(i) for i in range(len(held))], notes.held)
        notes.add(rates=float(optimizer.param_groups[0]["lr"]), steps=steps)
        notes.held = held

    def before_step(_: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        closure = arguments[1] if len(arguments) > 1 else keywords.get("closure")
        if closure is None:
            note()
            return None

        def noted() -> Any:  # a closure makes the gradients inside the step
            loss = closure()
            note()
            return loss

        return (arguments[0], noted), {}

    optimizer.register_step_pre_hook(before_step)


def _source(
    held: list[Tensor | None], own: list[Tensor | None], before: list[Tensor | None] | None
) -> str:
    """Are the gradients `held` the `own` ones of the last backward pass, or `before` plus those?"""
    found = {"batch"}
    for number, gradient in enumerate(held):
        mine = own[number]
        if gradient is None or mine is None or not bool(gradient.any()):
            return "none"
        if not torch.equal(gradient, mine):
            older = before[number] if before else None
            summed = older is not None and torch.allclose(gradient, older + mine)
            found.add("sum" if summed else "changed")
    return "changed" if "changed" in found else "sum" if "sum" in found else "batch"


class Whereabouts(nn.Module):
    """A stand-in for a network on torch's meta device: notes on which device its images are."""

    def __init__(self, places: dict[str, list[str]]) -> None:
        super().__init__()
        self.own = nn.Parameter(torch.zeros(1, device=META))
        self.places = places

    def __deepcopy__(self, _memo: Any) -> "Whereabouts":
        return self

    def forward(self, images: Any) -> Tensor:
        """Scores [B,10] without values."""
        self.places["images"].append(place(images))
        rows = len(images) if isinstance(images, Tensor) and images.dim() else 1
        return torch.zeros(rows, 10, device=META)

    def to(self, *_arguments: Any, **_keywords: Any) -> "Whereabouts":
        """Stays where it is: only the batches are watched."""
        return self


def place(value: Any) -> str:
    """The type of the device that a tensor is on."""
    return value.device.type if isinstance(value, Tensor) else "no tensor"


class SmallCase(NamedTuple):
    """What one run of `train_one_epoch` or `evaluate` works on."""

    weights: list[Tensor]
    masks: Tensor
    images: Tensor
    labels: Tensor


def small_case(generator: torch.Generator, count: int) -> SmallCase:
    """Random weights and masks for a `SmallNetwork`, and `count` images 9×9 with labels 0 to 9."""

    def normal(*shape: int, scale: float) -> Tensor:
        return scale * torch.randn(shape, generator=generator, dtype=torch.float64)

    units = 4 * 4 * 4
    weights = [
        normal(4, 1, 3, 3, scale=0.4),
        normal(4, scale=0.2),
        normal(10, units, scale=0.3),
        normal(10, scale=0.2),
    ]
    masks = torch.rand(8, units, generator=generator).gt(DROPPED).double()
    images = normal(count, 1, 9, 9, scale=1.0)
    return SmallCase(weights, masks, images, torch.randint(10, (count,), generator=generator))
