"""A few digits, chosen well, say how many of all test images a model reads rightly."""

import statistics
from dataclasses import replace

import numpy as np
import pytest
import torch
from cnnlab import data, sampling

IMAGES, LABELS = data.load("test")
HARD = sampling.hard_digits()
RUNS = 250


def drawn(seed: int) -> sampling.DigitSample:
    return sampling.sample(IMAGES, LABELS, HARD, torch.Generator().manual_seed(seed))


def scores_of(answers: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.one_hot(answers, 10).float()


def test_a_sample_stands_for_all_test_images_and_holds_no_digit_twice():
    digits = drawn(1)
    assert len(digits.images) == len(digits.labels) == len(digits.stands_for) == sampling.COUNT
    assert float(digits.stands_for.sum()) == pytest.approx(len(IMAGES))
    assert len(digits.images.flatten(1).unique(dim=0)) == sampling.COUNT


def test_another_seed_draws_other_digits_in_another_order():
    assert not torch.equal(drawn(1).labels, drawn(2).labels)
    assert torch.equal(drawn(1).images, drawn(1).images)
    assert len(drawn(1).stands_for[:50].unique()) == 3


def test_every_digit_is_a_test_image_a_little_changed():
    known = {image.tobytes() for image in IMAGES}
    digits = drawn(3)
    assert digits.images.dtype == torch.uint8
    assert not any(image.numpy().tobytes() in known for image in digits.images)
    changed = digits.images[:50].double()
    originals = torch.from_numpy(IMAGES.copy()).double()
    for image, label in zip(changed, digits.labels, strict=False):
        distances = (originals - image).abs().mean((1, 2))
        assert LABELS[int(distances.argmin())] == label
        assert float(distances.min()) < 12


@pytest.mark.parametrize("easy_too", [False, True])
def test_the_accuracy_is_right_on_average_and_as_sure_as_from_4000(easy_too: bool):
    """Of models that misread many hard digits, and some or many of the others."""
    random = np.random.default_rng(0)
    misread = np.zeros(len(IMAGES), dtype=bool)
    for name, share in (("often", 0.5), ("sometimes", 0.05)):
        misread[random.permutation(HARD[name])[: int(share * len(HARD[name]))]] = True
    others = np.setdiff1d(np.arange(len(IMAGES)), [*HARD["often"], *HARD["sometimes"]])
    misread[random.permutation(others)[: 2000 if easy_too else 5]] = True
    truth = 100 * (1 - misread.mean())

    found, errors, plain = list[float](), list[float](), list[float]()
    places = {image.tobytes(): place for place, image in enumerate(IMAGES)}
    for seed in range(RUNS):
        digits = unperturbed(seed)
        wrong = np.array([misread[places[image.numpy().tobytes()]] for image in digits.images])
        answers = torch.where(torch.from_numpy(wrong), (digits.labels + 1) % 10, digits.labels)
        found.append(sampling.accuracy_of(scores_of(answers), digits))
        errors.append(sampling.standard_error(scores_of(answers), digits))
        plain.append(100 * (1 - misread[random.permutation(len(IMAGES))[:4000]].mean()))
    spread = statistics.stdev(found)
    assert statistics.mean(found) == pytest.approx(truth, abs=4 * spread / RUNS**0.5)
    assert spread < 1.5 * statistics.mean(errors)
    if not easy_too:
        assert spread < 1.3 * statistics.stdev(plain)


def unperturbed(seed: int) -> sampling.DigitSample:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling, "perturbed", lambda images, _: images)
        return drawn(seed)


def test_all_right_is_all_and_none_right_is_nothing():
    digits = drawn(4)
    assert sampling.accuracy_of(scores_of(digits.labels), digits) == pytest.approx(100)
    wrong = scores_of((digits.labels + 1) % 10)
    assert sampling.accuracy_of(wrong, digits) == 0
    assert sampling.standard_error(wrong, digits) > 0


def test_confusions_count_test_images_by_true_digit_and_answer():
    digits = drawn(5)
    answers = torch.where(digits.labels == 4, 9, digits.labels)
    counts = np.array(sampling.confusions(scores_of(answers), digits))
    fours = float(digits.stands_for[digits.labels == 4].sum())
    assert counts[4, 9] == pytest.approx(fours, abs=0.01) and counts[4, 4] == 0
    assert counts.sum() == pytest.approx(len(IMAGES), abs=1)
    right = sampling.accuracy_of(scores_of(answers), digits)
    assert 100 * np.trace(counts) / counts.sum() == pytest.approx(right, abs=0.01)


def test_a_sample_of_fewer_images_takes_them_all():
    digits = sampling.sample(
        IMAGES[:50], LABELS[:50], {"often": [3], "sometimes": [7]}, torch.Generator()
    )
    assert sorted(digits.labels.tolist()) == sorted(LABELS[:50].tolist())
    assert set(digits.stands_for.tolist()) == {1.0}
    other = replace(digits, labels=(digits.labels + 1) % 10)
    assert sampling.accuracy_of(scores_of(digits.labels), other) == 0


def test_where_no_image_is_hard_the_sample_is_an_ordinary_one():
    nothing = {"often": [], "sometimes": [7]}
    digits = sampling.sample(IMAGES[:50], LABELS[:50], nothing, torch.Generator())
    assert len(digits.labels) == 50


def test_a_hard_digit_that_is_no_image_is_refused():
    with pytest.raises(ValueError, match="none of the 50 images"):
        sampling.sample(
            IMAGES[:50], LABELS[:50], {"often": [], "sometimes": [50]}, torch.Generator()
        )
