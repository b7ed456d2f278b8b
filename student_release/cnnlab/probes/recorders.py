"""Stand-ins that note what a training loop does with network, loader, loss and optimizer."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import TensorDataset

DROPPED = 0.25
"""Share of the units that `masks` should drop; the others are scaled up to make up for them."""
CPU, META = torch.device("cpu"), torch.device("meta")

Notes = dict[str, Any]


def new_notes() -> Notes:
    """An empty record of what happens to a network, a loader and a loss."""
    lists = "modes tracked same_images losses sizes same_labels same_scores shares steps rates"
    empty: Notes = {name: [] for name in lists.split()}
    return empty | {"batches": 0, "loops": 0, "batch": None, "result": None, "held": None}


def report(notes: Notes) -> Notes:
    """What of a record is told: everything but the tensors that it works with."""
    return {name: notes[name] for name in notes if name not in ("batch", "result", "held")}


class SmallNetwork(nn.Module):
    """A small convolutional classifier in float64 whose dropout follows given masks.

    In training mode, the n-th forward pass drops the units that row n of `masks` has as 0.
    """

    def __init__(self, weights: list[Tensor], masks: Tensor) -> None:
        super().__init__()
        self.kernel, self.kernel_bias, self.head, self.head_bias = (
            nn.Parameter(weight.clone()) for weight in weights
        )
        self.masks, self.passes = masks, 0

    def forward(self, images: Tensor) -> Tensor:
        """Images float64 [B,1,S,S] → scores [B,10]."""
        maps = F.conv2d(images, self.kernel, self.kernel_bias, stride=2)
        units = torch.tanh(maps).flatten(1)
        if self.training:
            units = units * self.masks[self.passes % len(self.masks)] / (1 - DROPPED)
            self.passes += 1
        return F.linear(units, self.head, self.head_bias)


class RecordedNetwork(nn.Module):
    """Passes everything on to a network and notes every forward pass."""

    def __init__(self, network: nn.Module, notes: Notes) -> None:
        super().__init__()
        self.network, self.notes = network, notes

    def forward(self, images: Any) -> Any:
        """What the network gives for `images`."""
        notes = self.notes
        notes["modes"].append(bool(self.training and self.network.training))
        notes["tracked"].append(torch.is_grad_enabled())
        batch = notes["batch"]
        notes["same_images"].append(
            isinstance(images, Tensor)
            and batch is not None
            and images.shape == batch[0].shape
            and torch.equal(images.double(), batch[0])
        )
        result = self.network(images)
        notes["result"] = result.detach()
        return result


class RecordedLoader:
    """Yields the batches of (images, labels) and notes which one is out."""

    def __init__(self, images: Tensor, labels: Tensor, batch_size: int, notes: Notes) -> None:
        self.batches = list(zip(images.split(batch_size), labels.split(batch_size), strict=True))
        self.dataset = TensorDataset(images.clone(), labels.clone())
        self.batch_size, self.notes = batch_size, notes

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        self.notes["loops"] += 1
        for images, labels in self.batches:
            self.notes["batches"] += 1
            self.notes["batch"] = (images, labels)
            yield images.clone(), labels.clone()


class RecordedLoss(nn.CrossEntropyLoss):
    """Cross-entropy that notes what it is given, and what it gives."""

    def __init__(self, notes: Notes, smoothing: float) -> None:
        super().__init__(label_smoothing=smoothing)
        self.notes = notes

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Scores [B,10] and digits [B] → the mean cross-entropy; the names are torch's own."""
        notes, batch = self.notes, self.notes["batch"]
        loss = super().forward(input, target)
        notes["losses"].append(float(loss.detach()))
        notes["sizes"].append(len(input))
        notes["same_labels"].append(
            batch is not None and target.shape == batch[1].shape and torch.equal(target, batch[1])
        )
        result = notes["result"]
        notes["same_scores"].append(result is not None and torch.equal(input.detach(), result))
        summed = input.detach().sum(1)
        shares = torch.allclose(summed, torch.ones_like(summed)) and bool((input >= 0).all())
        notes["shares"].append(shares)
        return loss


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
        notes["rates"].append(float(optimizer.param_groups[0]["lr"]))
        notes["steps"].append(_source(held, [last.get(i) for i in range(len(held))], notes["held"]))
        notes["held"] = held

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
        self.own = nn.Parameter(torch.zeros(1))
        self.places = places

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
