"""A few digits, chosen well, say how many of all test images a model reads rightly."""

import hashlib
import statistics
from dataclasses import replace

import numpy as np
import pytest
import torch
from cnnlab import data, perturb, sampling

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
    assert len(drawn(1).stands_for[:50].unique()) >= 3


def test_no_released_image_and_no_rounded_one_is_among_the_digits():
    digits = drawn(3)
    assert digits.images.dtype == torch.uint8
    for coarse in (lambda a: a, lambda a: (a + 8) // 16, lambda a: a > 127):
        known = {coarse(image.astype(np.int64)).tobytes() for image in IMAGES}
        seen = [coarse(image.numpy().astype(np.int64)).tobytes() for image in digits.images]
        assert not known & set(seen)


def test_every_part_of_the_change_is_there(monkeypatch):
    """Each by itself moves the digits; without any they stay as they are."""
    parts = {"SHIFT": 0.0, "_TAN_HALF_TURN": 0.0, "SLANT": 0.0, "STRETCH": 0.0, "BRIGHTNESS": 0.0}
    kept = {name: getattr(perturb, name) for name in (*parts, "NOISE")}
    for name in kept:
        monkeypatch.setattr(perturb, name, 0.0)
    some = IMAGES[:40]
    assert np.array_equal(perturb.perturbed(some, torch.Generator().manual_seed(1)), some)
    for name, value in kept.items():
        monkeypatch.setattr(perturb, name, value)
        changed = perturb.perturbed(some, torch.Generator().manual_seed(1))
        assert np.mean([not np.array_equal(a, b) for a, b in zip(changed, some, strict=True)]) > 0.9
        monkeypatch.setattr(perturb, name, 0.0)


def test_the_digits_are_the_same_bytes_on_every_processor():
    """A digest that was computed once: additions, multiplications and roundings alone."""
    changed = perturb.perturbed(IMAGES[:300], torch.Generator().manual_seed(11))
    assert hashlib.sha256(changed.tobytes()).hexdigest()[:16] == "83e8271f44a8802a"


def test_who_is_judged_on_everything_is_judged_without_chance():
    digits = sampling.every_digit(torch.Generator().manual_seed(1))
    assert len(digits.images) == len(IMAGES)
    assert sampling.standard_error(scores_of(digits.labels), digits) == 0


@pytest.mark.parametrize("easy_too", [False, True])
def test_the_accuracy_is_right_on_average_and_as_sure_as_from_4000(easy_too: bool):
    """Of models that misread many hard digits, and some or many of the others."""
    random = np.random.default_rng(0)
    misread = np.zeros(len(IMAGES), dtype=bool)
    for name, share in (("often", 0.5), ("sometimes", 0.12), ("rarely", 0.02)):
        misread[random.permutation(HARD[name])[: int(share * len(HARD[name]))]] = True
    others = np.setdiff1d(
        np.arange(len(IMAGES)), [*HARD["often"], *HARD["sometimes"], *HARD["rarely"]]
    )
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
        IMAGES[:50], LABELS[:50], {"often": [3], "sometimes": [7], "rarely": []}, torch.Generator()
    )
    assert sorted(digits.labels.tolist()) == sorted(LABELS[:50].tolist())
    assert set(digits.stands_for.tolist()) == {1.0}
    other = replace(digits, labels=(digits.labels + 1) % 10)
    assert sampling.accuracy_of(scores_of(digits.labels), other) == 0


def test_where_no_image_is_hard_the_sample_is_an_ordinary_one():
    nothing = {"often": [], "sometimes": [7], "rarely": []}
    digits = sampling.sample(IMAGES[:50], LABELS[:50], nothing, torch.Generator())
    assert len(digits.labels) == 50


def test_a_hard_digit_that_is_no_image_is_refused():
    with pytest.raises(ValueError, match="none of the 50 images"):
        sampling.sample(
            IMAGES[:50],
            LABELS[:50],
            {"often": [], "sometimes": [50], "rarely": []},
            torch.Generator(),
        )
