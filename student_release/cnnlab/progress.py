"""How training is getting on: a progress bar and a learning curve that grows.

    curve = progress.LiveCurve(nn.CrossEntropyLoss())
    mean_loss = train_one_epoch(model, progress.batches(train_loader), curve, optimizer, device)
    curve.finish()

Both wrap what they watch, so that a training function needs no change.
"""

from typing import Any

import torch

from labkit.notebook import progress
from labkit.notebook.progress import batches

__all__ = ["LiveCurve", "batches"]


class LiveCurve(progress.LiveCurve):
    """A loss function that remembers its losses, as tensors: reading a number waits for the GPU."""

    made_with = "such as LiveCurve(nn.CrossEntropyLoss())"

    def is_training(self) -> bool:
        """Losses without a gradient belong to evaluation."""
        return torch.is_grad_enabled()

    def kept(self, loss: Any) -> Any:
        return loss.detach() if isinstance(loss, torch.Tensor) else float(loss)
