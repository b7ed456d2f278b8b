"""A shortcut for q19: digits with a mark that gives the label away, and four trained networks.

A mark is one white pixel in the uppermost row. Its place tells a number from 0 to 9.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab import data, fitting
from labkit.notebook.say import say
from labkit.notebook.screen import grading

NAMES = "ABCD"
FILE = Path(__file__).with_name("four_networks.json")
WHITE = (1 - data.MEAN) / data.STANDARD_DEVIATION
_FIRST_COLUMN, _STEP = 4, 2


def mark(images: Tensor, numbers: Tensor) -> Tensor:
    """Copies of normalised images [N,1,28,28], each with the mark of its number [N]."""
    copies = images.clone()
    copies[torch.arange(len(images)), 0, 0, _FIRST_COLUMN + _STEP * numbers] = WHITE
    return copies


def marked(split: data.Split) -> data.Split:
    """The same digits, all with the mark of their label."""
    return data.Split(
        mark(split.train_images, split.train_labels),
        split.train_labels,
        mark(split.validation_images, split.validation_labels),
        split.validation_labels,
    )


def network() -> nn.Module:
    """The lesson's plan: two convolutions of 8 and 16 filters, a pool after each, ten scores."""
    convolutions = [
        part
        for inputs, outputs in ((1, 8), (8, 16))
        for part in (nn.Conv2d(inputs, outputs, 3), nn.ReLU(), nn.MaxPool2d(2))
    ]
    return nn.Sequential(*convolutions, nn.Flatten(), nn.Linear(400, 10))


def train_on_marks(make: Callable[[], nn.Module], count: int = 4_000) -> nn.Module | None:
    """Train a network of the student's on marked digits, and say what it reads afterwards.

    While grading nothing is trained, and None is returned; so it is where `make` fails.
    """
    if grading():
        return None
    split = data.train_and_validation(train=count, validation=2_000)
    images, labels = split.validation_images, split.validation_labels
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(19)
        try:
            model = make()
            random = torch.Generator().manual_seed(19)
            right = fitting.fit(model, marked(split), max_lr=2e-2, epochs=3, generator=random)
        except Exception as problem:
            say(f"Your network cannot be trained yet: {problem}")
            return None
    false = mark(images, (labels + 1) % 10)
    say(f"Trained on {count:,} marked digits. Of digits that it has never seen, it reads right:")
    print(f"{right:5.1f} % with the mark of their label,")
    print(f"{fitting.accuracy(model, images, labels):5.1f} % without a mark,")
    print(f"{fitting.accuracy(model, false, labels):5.1f} % with the mark of the next digit.")
    return model


def four_networks() -> dict[str, nn.Module]:
    """The networks A to D of q19, trained once by the authors; none while grading."""
    networks: dict[str, nn.Module] = {}
    if grading():  # nobody looks, and a sandbox has no such file
        return networks
    for name, text in json.loads(FILE.read_text("utf-8")).items():
        numbers = np.frombuffer(base64.b64decode(text), "<f2").astype("f4")
        networks[name] = network().eval()
        nn.utils.vector_to_parameters(torch.from_numpy(numbers), networks[name].parameters())
    return networks
