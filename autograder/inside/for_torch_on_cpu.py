"""Where an assignment preloads PyTorch and there is no GPU: see `without_gpu`."""

from autograder.inside.without_gpu import before_fork

__all__ = ["before_fork"]
