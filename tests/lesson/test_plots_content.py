"""What the pictures say is right, and the ledger gives no answer away."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from cnnlab import plots
from cnnlab.plots.cells import readable_on
from cnnlab.plots.maps import convolution_maps, model_input
from cnnlab.plots.windows import chosen_moments
from torch import nn

from labkit.notebook.curve import running_mean
from labkit.notebook.inputs import number_text

IMAGE = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]])


class FunctionalNet(nn.Module):
    """conv, pool and fc, with functional pooling and a fully connected layer of a given size."""

    def __init__(self, features=576):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 5)
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(features, 10)

    def forward(self, images):
        maps = F.max_pool2d(torch.relu(self.conv(images)), 2)
        return self.fc(self.dropout(maps.flatten(1)))


def test_filmstrip_gives_the_sums_of_cross_correlation(capsys):
    plots.filmstrip(IMAGE, [[1, 0], [0, -1]])

    assert "row 0, column 0: −4" in capsys.readouterr().out


def test_true_convolution_flips_both_axes(capsys):
    plots.true_and_cross(IMAGE, [[1, 2], [3, 4]])

    assert "1, 2; 3, 4 becomes 4, 3; 2, 1" in capsys.readouterr().out


def test_symmetric_kernel_gives_equal_results(capsys):
    plots.true_and_cross(IMAGE, [[1, 1], [1, 1]])

    assert "are equal here" in capsys.readouterr().out


def test_pooling_says_that_odd_rows_and_columns_are_left_out(capsys):
    plots.pooling_demo(IMAGE)

    output = capsys.readouterr().out
    assert "3×3 into 1×1: max pooling gives 5" in output
    assert "The last row and the last column fill no window and are left out." in output


def test_film_has_at_most_four_moments_and_ends_at_the_end():
    assert chosen_moments((4, 4)) == [(0, 0), (0, 1), (1, 0), (3, 3)]
    assert chosen_moments((1, 1)) == [(0, 0)]
    assert chosen_moments((1, 3)) == [(0, 0), (0, 1), (0, 2)]


def test_empty_ledger_reveals_no_size(capsys):
    plots.shape_ledger()

    output = capsys.readouterr().out
    assert "28, 28] = 784" in output
    assert not any(number in output for number in ("26", "13", "11", "400", "5, 5"))


def test_ledger_takes_pairs_and_leaves_unknown_shapes_blank(capsys):
    plots.shape_ledger([("image", (1, 28, 28)), ("conv1", None), ("fc", 10)])

    output = capsys.readouterr().out
    assert "image [1, 28, 28] = 784 numbers; conv1 ____; fc [10] = 10 numbers" in output


def test_ledger_of_a_model_sees_functional_pooling_once(capsys):
    plots.shape_ledger(FunctionalNet())

    output = capsys.readouterr().out
    assert "conv [4, 24, 24] = 2,304 numbers; max_pool2d [4, 12, 12] = 576" in output
    assert output.count("max_pool2d") == 1


def test_ledger_of_a_broken_model_shows_how_far_it_came(capsys):
    plots.shape_ledger(FunctionalNet(features=2304))

    output = capsys.readouterr().out
    assert "flatten [576]" in output
    assert "stopped with RuntimeError" in output


def test_looking_at_a_model_leaves_it_as_it_was():
    model = FunctionalNet().train()
    model.conv.eval()
    state = {name: value.clone() for name, value in model.state_dict().items()}

    plots.shape_ledger(model)
    plots.feature_maps(model, torch.zeros(28, 28))

    assert model.training and model.dropout.training and not model.conv.training
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert not any(layer._forward_hooks or layer._forward_pre_hooks for layer in model.modules())


def test_feature_maps_are_those_of_the_layer_after_relu():
    model, image = FunctionalNet(), torch.randn(1, 1, 28, 28)

    ((name, maps),) = convolution_maps(model, image)

    assert name == "conv"
    expected = torch.relu(model.conv(image))[0].detach().numpy()
    assert np.allclose(maps, expected, atol=1e-6)


def test_bytes_are_normalised_as_the_loader_does():
    data = pytest.importorskip("cnnlab.data")
    image = np.arange(784, dtype=np.uint8).reshape(28, 28)

    mine = model_input(image, image.astype(float)).float()

    assert torch.allclose(mine, data.normalise(image[None]), atol=1e-5)


def test_equal_filters_hint_at_the_missing_copy(capsys):
    weights = torch.ones(8, 1, 3, 3)

    plots.filters(weights, weights)

    assert ".detach().clone()" in capsys.readouterr().out


def test_confusion_names_the_worst_pair_and_counts_the_right(capsys):
    matrix = torch.diag(torch.full((3,), 5))
    matrix[2, 0] = 4

    plots.confusion_heatmap(matrix)

    output = capsys.readouterr().out
    assert "15 of 19 are right (78.95 %)" in output
    assert "2 read as 0" in output


def test_mistakes_are_sorted_by_confidence(capsys):
    logits = torch.tensor([[9.0, 0, 0], [0, 1.0, 0], [0, 0, 5.0], [3.0, 0, 0]])

    plots.most_confident_mistakes(torch.rand(4, 28, 28), torch.tensor([0, 2, 1, 1]), logits, 2)

    output = capsys.readouterr().out
    assert output.index("a 1 read as a 2") < output.index("a 1 read as a 0")
    assert "a 2 read as a 1" not in output


def test_no_mistakes_is_good_news_not_an_error(capsys):
    plots.most_confident_mistakes(torch.rand(3, 28, 28), [0, 1, 2], torch.eye(3))

    assert "No mistakes" in capsys.readouterr().out


def test_loss_that_became_nan_is_located(capsys):
    plots.learning_curve([2.3, 1.0, float("nan"), float("nan")])

    assert "loss of batch 2 is nan" in capsys.readouterr().out


def test_running_mean_never_looks_ahead():
    values = np.arange(100.0)

    smooth = running_mean(values)

    assert smooth[0] == 0.0
    assert smooth[-1] == pytest.approx(values[-10:].mean())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-6.0, "−6"),
        (0.25, "0.25"),
        (-0.001, "0"),
        (1.75, "1.75"),
        (12.34, "12.3"),
        (1234.5, "1234"),
    ],
)
def test_numbers_are_short_and_carry_a_true_minus_sign(value, text):
    assert number_text(value) == text


def test_ink_contrasts_with_its_cell():
    assert readable_on((0.0, 0.0, 0.0, 1.0)) == "white"
    assert readable_on((1.0, 1.0, 1.0, 1.0)) != "white"
