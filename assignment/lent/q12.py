import torch
from cnnlab import data, fitting
from torch import nn

with torch.random.fork_rng(devices=[]):
    torch.manual_seed(12)
    model = nn.Sequential(
        *(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),
        nn.Flatten(),
        nn.LazyLinear(10),
    )
    model(torch.zeros(1, 1, 28, 28))
    digits = data.train_and_validation(train=15_000, validation=1_000)
    fitting.fit(model, digits, generator=torch.Generator().manual_seed(12))
