"""What a right epoch and a right evaluation lead to, on small random networks (q10, q11)."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnlab.probes.recorders import SmallCase, SmallNetwork, small_case


class Epoch(NamedTuple):
    """A case for `train_one_epoch` and what a right one does with it."""

    case: SmallCase
    weights: list[Tensor]
    """The parameters afterwards."""
    loss: float
    """The mean loss per sample."""

    def batches(self, size: int) -> int:
        """How many batches of `size` images there are."""
        return -(-len(self.case.labels) // size)


def right_epoch(
    generator: torch.Generator,
    count: int,
    batch_size: int,
    lr: float,
    momentum: float,
    smoothing: float,
) -> Epoch:
    """An epoch over `count` random images by stochastic gradient descent with momentum."""
    case = small_case(generator, count)
    network = SmallNetwork(case.weights, case.masks).train()
    owned = list(network.parameters())
    speed = [torch.zeros_like(weight) for weight in owned]
    total = 0.0
    batches = zip(case.images.split(batch_size), case.labels.split(batch_size), strict=True)
    for some, theirs in batches:
        entropy = F.cross_entropy(network(some), theirs, label_smoothing=smoothing)
        total += float(entropy.detach()) * len(some)
        for k, slope in enumerate(torch.autograd.grad(entropy, owned)):
            speed[k] = momentum * speed[k] + slope
            owned[k].data -= lr * speed[k]
    return Epoch(case, [weight.detach() for weight in owned], total / count)


def scored_case(generator: torch.Generator, count: int) -> tuple[SmallCase, Tensor]:
    """A case for `evaluate` and its scores [count,10]; about two thirds of the labels are hit.

    The last image is missed, so that its batch counts otherwise than the others.
    """
    case = small_case(generator, count)
    table = SmallNetwork(case.weights, case.masks).eval()(case.images).detach()
    labels = table.argmax(1)
    missed = torch.randperm(count - 1, generator=generator)[: count // 3]
    labels[missed] = (labels[missed] + 1) % 10
    labels[-1] = (table[-1].argmax() + 2) % 10
    return case._replace(labels=labels), table
