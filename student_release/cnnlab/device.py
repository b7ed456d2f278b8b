"""Where to compute: the accelerator of this computer if torch can use one, else the CPU."""

import torch


def pick() -> torch.device:
    """cuda, mps or cpu: the first of them that is there."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")
