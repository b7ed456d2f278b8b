"""Train the network that is lent where q12 is wrong, and write assignment/lent/q12.py.

    .venv/bin/python -m scripts.make_lent_network

A submission may need it several times while it is graded, so it is trained here, once, and kept as
16-bit numbers.
"""

import base64
import sys
import textwrap
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[1] / "assignment"))

from cnnlab import data, fitting

TARGET = Path("assignment/lent/q12.py")
SEED = 12
COUNT = 15_000
FORM = '''\
# Written by scripts/make_lent_network.py: SimpleCNN's plan, trained on {images:,} digits.
import base64

import numpy
import torch
from torch import nn

WEIGHTS = """
{weights}
"""

with torch.random.fork_rng(devices=[]):
    model = nn.Sequential(
        *(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),
        nn.Flatten(),
        nn.LazyLinear(10),
    )
    model(torch.zeros(1, 1, 28, 28))
numbers = torch.from_numpy(numpy.frombuffer(base64.b64decode(WEIGHTS), "<f2").astype("float32"))
parts = numbers.split([parameter.numel() for parameter in model.parameters()])
with torch.no_grad():
    for parameter, part in zip(model.parameters(), parts, strict=True):
        parameter.copy_(part.view_as(parameter))
model.eval()
'''


def main() -> None:
    """Train and write; print the accuracy of what was written."""
    torch.manual_seed(SEED)
    model = nn.Sequential(
        *(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(400, 10)),
    )
    digits = data.train_and_validation(train=COUNT, validation=10_000)
    fitting.fit(model, digits, generator=torch.Generator().manual_seed(SEED))
    numbers = nn.utils.parameters_to_vector(model.parameters()).detach().half()
    nn.utils.vector_to_parameters(numbers.float(), model.parameters())
    accuracy = fitting.accuracy(model, digits.validation_images, digits.validation_labels)
    weights = base64.b64encode(numbers.numpy().astype("<f2").tobytes()).decode()
    lines = "\n".join(textwrap.wrap(weights, 96))
    TARGET.write_text(FORM.format(images=COUNT, weights=lines), "utf-8")
    print(f"Written: {TARGET}, {accuracy:.2f} % of the validation digits")


if __name__ == "__main__":
    main()
