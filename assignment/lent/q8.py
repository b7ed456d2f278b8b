import torch
from torch import nn
from torch.nn import functional


class SimpleCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 8, 3), nn.Conv2d(8, 16, 3)
        with torch.no_grad():
            features = self._maps(torch.zeros(1, 1, 28, 28)).shape[1]
        self.fc = nn.Linear(features, 10)

    def _maps(self, x):
        for convolution in (self.conv1, self.conv2):
            x = functional.max_pool2d(functional.relu(convolution(x)), 2)
        return x.flatten(1)

    def forward(self, x):
        return self.fc(self._maps(x))
