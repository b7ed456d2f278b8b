"""What the labs promise of their networks, charts and measurements holds."""

import re

import torch
from cnnlab import clinic, data, fitting, helping, shortcut
from cnnlab.feedback.shifting import zero_filled
from cnnlab.plots.attention import grad_cam, saliency_of, where
from torch import Tensor, nn

from tests.support.lesson import lesson_questions

QUESTIONS = lesson_questions()
SPLIT = data.train_and_validation(train=1_000, validation=1_000)
LABELS = SPLIT.validation_labels


def saliency(model: nn.Module, image: Tensor) -> Tensor:
    pixels = image[None].clone().requires_grad_()
    return torch.autograd.grad(model(pixels).amax(), pixels)[0][0, 0].abs()


def share_above(model: nn.Module, images: Tensor) -> float:
    """The share of the mean saliency map that lies in the uppermost four rows."""
    total = sum(torch.from_numpy(saliency_of(saliency, model, image)) for image in images)
    return float(total[:4].sum() / total.sum())


def test_all_four_networks_read_marked_digits_and_one_of_them_reads_the_mark() -> None:
    marked = shortcut.mark(SPLIT.validation_images, LABELS)
    false = shortcut.mark(SPLIT.validation_images, (LABELS + 1) % 10)
    networks = shortcut.four_networks()
    assert list(networks) == list(shortcut.NAMES)
    misled = {
        name
        for name, network in networks.items()
        if fitting.accuracy(network, false, LABELS) < fitting.accuracy(network, marked, LABELS) - 5
    }
    assert all(fitting.accuracy(network, marked, LABELS) >= 95 for network in networks.values())
    shares = {name: share_above(network, marked[:40]) for name, network in networks.items()}
    assert misled == {max(shares, key=shares.__getitem__)}
    assert max(shares.values()) > 2 * sorted(shares.values())[-2]
    right = re.search(r'shortcut_network = "(\w)"', QUESTIONS["q19"].solution)
    assert right and misled == {right[1]}


def test_a_network_that_learns_marked_digits_fails_on_others(capsys, monkeypatch) -> None:
    monkeypatch.delenv("LABKIT_GRADING", raising=False)
    assert shortcut.train_on_marks(shortcut.network) is not None
    right, unmarked, false = map(float, re.findall(r"([\d.]+) %", capsys.readouterr().out))
    assert right >= 99 and unmarked < right - 5 and false < right - 20


def test_grad_cam_is_bright_where_the_class_is_decided() -> None:
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with torch.no_grad():
        network[0].weight.zero_()
        network[0].weight[1].fill_(1.0)
        network[0].bias.zero_()
    image = torch.zeros(1, 12, 12)
    image[0, 8:, 8:] = 1.0
    region = grad_cam(network, image)
    assert region.shape == (12, 12) and region[:4].max() == 0 < region[9:, 9:].min()
    assert where(region).startswith("brightest at row ")


def test_a_chart_of_the_clinic_says_in_words_what_gives_the_cause_away() -> None:
    charts = clinic.charts()
    assert list(charts) == list("ABCDE")
    assert charts["B"]["lowest"] >= 0 and charts["B"]["highest"] <= 1
    assert charts["E"]["gradients"][-1] > 4 * charts["E"]["gradients"][0]
    assert "batches of 4;" in clinic.words(charts["A"])
    assert charts["D"]["accuracy"] > 90 > charts["C"]["accuracy"]


def test_moved_digits_are_moved_by_the_named_pixels_with_black_coming_in() -> None:
    images, _ = helping.digits(12)
    moved = helping.moved(images, 3, torch.Generator().manual_seed(1))
    steps = [(a, b) for a in (-3, 0, 3) for b in (-3, 0, 3) if (a, b) != (0, 0)]
    for image, one in zip(images, moved, strict=True):
        assert any(torch.equal(zero_filled(image, *step), one) for step in steps)


def test_a_rerun_agrees_with_what_the_hidden_check_of_q21_compares_with() -> None:
    hidden = next(each for each in QUESTIONS["q21"].cases if "check_table(" in each.source)
    recorded = {
        row: (float(mean), float(spread))
        for row, mean, spread in re.findall(r'"(\w+)": \(([\d.]+), ([\d.]+)\)', hidden.source)
    }
    assert set(recorded) == set(helping.SETTINGS)
    namespace = {"torch": torch, "F": torch.nn.functional}
    exec(QUESTIONS["q21"].solution, namespace)
    for row, (shifts, norm) in helping.SETTINGS.items():
        found = helping.measure(namespace["random_shift"] if shifts else None, norm, seed=7)
        mean, spread = recorded[row]
        assert abs(found - mean) <= 4 * spread + 1, row


def test_the_columns_of_the_table_stand_straight_in_a_notebook(capsys, monkeypatch) -> None:
    sentences: list[str] = []
    monkeypatch.setattr("cnnlab.helping.say", sentences.append)
    helping.tell({"neither": (38.3, 2.2), "batch_norm": (100.0, 12.0)})
    rows = capsys.readouterr().out.splitlines()  # printed: a sentence's letters differ in width
    assert [row.index("%") for row in rows] == [rows[0].index("%")] * 2
    assert len(sentences) == 1 and "  " not in sentences[0]


def test_training_goes_faster_with_numbers_that_are_spread_around_zero() -> None:
    deviation, mean = data.STANDARD_DEVIATION, data.MEAN
    raw = data.Split(
        SPLIT.train_images * deviation + mean,
        SPLIT.train_labels,
        SPLIT.validation_images * deviation + mean,
        LABELS,
    )
    reached = []
    for split in (raw, SPLIT):
        torch.manual_seed(4)
        generator = torch.Generator().manual_seed(4)
        network = shortcut.network()
        reached.append(
            fitting.fit(network, split, max_lr=1e-3, schedule=False, epochs=3, generator=generator)
        )
    assert raw.train_images.min() > -0.01 and reached[1] > reached[0] + 5
