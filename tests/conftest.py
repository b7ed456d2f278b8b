"""Settings of the whole suite."""

import torch

torch.set_num_threads(1)  # as when grading; more threads than free cores are slower, not faster
