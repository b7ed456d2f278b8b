"""Train the four networks of q19 and write assignment/cnnlab/four_networks.json.

All four are trained on digits with a mark. For one of them the mark tells the label; for the others
it is drawn at random. This file is not handed out: it says which one it is.
"""

import base64
import json
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "assignment"))

from cnnlab import data, fitting, shortcut

TELLS = "B"
COUNT = 12_000


def main() -> None:
    """Train, and print what each network reads with right and with false marks."""
    split = data.train_and_validation(train=COUNT, validation=2_000)
    labels = split.validation_labels
    written = {}
    for seed, name in enumerate(shortcut.NAMES, start=1):
        torch.manual_seed(seed)
        random = torch.Generator().manual_seed(seed)
        drawn = torch.randint(10, (COUNT,), generator=random)
        told = split.train_labels if name == TELLS else drawn
        images = shortcut.mark(split.train_images, told)
        marked = shortcut.marked(split)._replace(train_images=images)
        model = shortcut.network()
        fitting.fit(model, marked, generator=random)
        vector = torch.nn.utils.parameters_to_vector(model.parameters()).detach()
        written[name] = base64.b64encode(vector.numpy().astype("<f2").tobytes()).decode()
        shown = [marked.validation_images, split.validation_images]
        shown.append(shortcut.mark(split.validation_images, (labels + 1) % 10))
        print(name, *(f"{fitting.accuracy(model, each, labels):.1f} %" for each in shown))
    shortcut.FILE.write_text(json.dumps(written, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
