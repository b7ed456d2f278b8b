"""Train the five patients of q20 and write what was measured to assignment/cnnlab/clinic.json.

This file is not handed out: it says what each patient has.
"""

import json
import sys
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parents[1] / "assignment"))

from cnnlab import clinic, data, fitting, shortcut

STEPS = 160
PATIENTS: dict[str, dict[str, Any]] = {
    "A": {"batch": 4, "rate": 0.02},  # healthy: few images a batch make the curve jagged
    "B": {"softmax": True},
    "C": {"rate": 2.0},
    "D": {"warm_up": 70},  # healthy: the rate starts near 0, so nothing happens at first
    "E": {"zeroed": False, "rate": 0.03},
}


def train(
    images: Tensor,
    labels: Tensor,
    batch: int = 64,
    rate: float = 0.2,
    softmax: bool = False,
    zeroed: bool = True,
    warm_up: int = 0,
) -> tuple[nn.Module, dict[str, Any]]:
    """Train a network by stochastic gradient descent and note what each step did."""
    torch.manual_seed(20)
    model = shortcut.network()
    owned = list(model.parameters())
    held = [torch.zeros_like(parameter) for parameter in owned]
    chart: dict[str, Any] = {"batch": batch, "losses": [], "gradients": [], "lowest": 0.0}
    chart["highest"] = 0.0
    random = torch.Generator().manual_seed(20)
    for step in range(STEPS):
        chosen = torch.randint(len(images), (batch,), generator=random)
        given = model(images[chosen])
        given = given.softmax(1) if softmax else given
        loss = F.cross_entropy(given, labels[chosen])
        fresh = torch.autograd.grad(loss, owned)
        held = [new if zeroed else old + new for old, new in zip(held, fresh, strict=True)]
        speed = rate * (min(1.0, (step / warm_up) ** 3) if warm_up else 1.0)
        with torch.no_grad():
            for parameter, slope in zip(owned, held, strict=True):
                parameter -= speed * slope
        size = torch.cat([slope.flatten() for slope in held]).norm()
        chart["losses"].append(round(float(loss.detach()), 3))
        chart["gradients"].append(float(f"{float(size):.3g}"))
        chart["lowest"] = round(min(chart["lowest"], float(given.detach().min())), 1)
        chart["highest"] = round(max(chart["highest"], float(given.detach().max())), 1)
    return model, chart


def main() -> None:
    """Write the charts, and print them."""
    split = data.train_and_validation(train=12_000, validation=2_000)
    charts = {}
    for name, options in PATIENTS.items():
        model, chart = train(split.train_images, split.train_labels, **options)
        right = fitting.accuracy(model, split.validation_images, split.validation_labels)
        charts[name] = chart | {"accuracy": round(right, 1)}
        print(name, options, clinic.words(charts[name]))
    clinic.FILE.write_text(json.dumps(charts) + "\n", "utf-8")


if __name__ == "__main__":
    main()
