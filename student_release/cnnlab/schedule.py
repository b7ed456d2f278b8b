"""A learning rate that rises and falls once while the network trains: the one-cycle schedule.

Source: L. N. Smith and N. Topin, "Super-convergence: very fast training of neural networks using
large learning rates", 2018 (arXiv:1708.07120); the curve itself is torch's `OneCycleLR`.
"""

from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR


def one_cycle(optimizer: Optimizer, max_lr: float, steps: int) -> Optimizer:
    """Attach a one-cycle schedule to `optimizer`, and return the optimizer.

    The learning rate starts at max_lr / 25, climbs to `max_lr` over the first 30 % of the `steps`
    and falls to almost 0 over the rest. It moves on by itself after each `optimizer.step()`, so
    that a training loop need not know of it. Steps past the last one keep the last rate.

    Raises ValueError unless `steps` is at least 1 and `max_lr` is above 0.
    """
    if steps < 1 or not max_lr > 0:
        raise ValueError(
            f"A schedule needs at least 1 step and a rate above 0, not {steps} and {max_lr}."
        )
    # OneCycleLR divides by the length of its two phases, which a single step does not have
    scheduler = OneCycleLR(optimizer, max_lr, total_steps=max(steps, 4))

    def move_on(_: Optimizer, _arguments: Any, _keywords: Any) -> None:
        if scheduler.last_epoch + 1 < scheduler.total_steps:
            scheduler.step()

    optimizer.register_step_post_hook(move_on)
    return optimizer
