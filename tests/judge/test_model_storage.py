"""What a model stores is counted wherever it keeps it, and what computes are its weights."""

import numpy as np
import pytest
import torch
from cnnlab.probes.models import scores
from cnnlab.probes.storage import emptied, size
from torch import nn

IMAGES = torch.randint(0, 256, (8, 28, 28), dtype=torch.uint8)
TABLE = np.zeros(3_000, dtype=np.float32)
other = nn.Linear(784, 10)  # also the name of an attribute below


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.other = nn.Linear(784, 10)
        self.classes, self.title = 10, "a network"

    def forward(self, x):
        return self.other(x.flatten(1))

    def fit(self):
        return TABLE  # only what the model computes with counts


class ByGlobal(Plain):
    def forward(self, x):
        return super().forward(x) + TABLE[0]


class ByMethod(Plain):
    def forward(self, x):
        return self.look(x)

    def look(self, x):
        return other(x.flatten(1)) + self.other.bias


def by_closure(stored):
    class Closed(Plain):
        def forward(self, x):
            return super().forward(x) + len(stored)

    return Closed()


def with_attribute(value):
    model = Plain()
    model.kept = value
    return model


def hooked():
    model = Plain()
    model.other.register_forward_hook(lambda *_: torch.from_numpy(TABLE[:10]).expand(8, 10))
    return model


WEIGHTS = 7_850


def test_weights_are_parameters_and_settings_are_free():
    assert size(Plain()) == {"module": True, "parameters": WEIGHTS, "buffers": 0, "hidden": 0}


@pytest.mark.parametrize(
    ("model", "hidden"),
    [
        (ByGlobal(), 3_000),
        (ByMethod(), WEIGHTS),
        (by_closure(bytes(5_000)), 4_700),
        (by_closure([0.5] * 5_000), 4_700),
        (with_attribute(TABLE), 3_000),
        (with_attribute({"more": [nn.Linear(20, 20)]}), 420),
        (with_attribute(torch.zeros(300)), 300),
        (with_attribute("x" * 4_000), 3_700),
        (hooked(), 3_000),
    ],
)
def test_what_is_stored_elsewhere_is_found(model, hidden):
    found = size(model)
    assert found["parameters"] == WEIGHTS
    assert found["hidden"] >= hidden


def test_the_networks_of_a_plain_function_are_its_own():
    network = Plain()
    assert size(lambda x: network(x))["parameters"] == WEIGHTS
    assert size(lambda x: network(x))["module"] is False


@pytest.mark.parametrize("value", [None, ..., 3, "text", Plain, [1], torch.zeros(3)])
def test_anything_at_all_can_be_counted(value):
    assert size(value)["module"] is False


def test_without_its_weights_a_network_says_the_same_of_every_image():
    model = Plain()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    table = emptied(model, IMAGES)["scores"]
    assert bool((table == table[0]).all())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not bool((scores(model, IMAGES)["scores"] == 0).all())


def test_another_network_still_computes():
    table = emptied(ByMethod(), IMAGES)["scores"]
    assert not bool((table == table[0]).all())


def test_weights_come_back_after_an_error():
    class Fails(Plain):
        def forward(self, x):
            raise ValueError

    model = Fails()
    before = model.other.weight.clone()
    assert emptied(model, IMAGES)["scores"] is None
    assert torch.equal(model.other.weight, before)


def test_buffers_count_as_such():
    model = Plain()
    model.register_buffer("table", torch.zeros(400))
    assert size(model) == {"module": True, "parameters": WEIGHTS, "buffers": 400, "hidden": 0}
