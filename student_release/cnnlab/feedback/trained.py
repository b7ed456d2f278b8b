"""Why a trained network is wrong so often.

Every cause is tried out: the network reads turned images, its answers are renumbered, it runs in
training mode. A cause is told only if it is the only one that helps.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from cnnlab import data
from cnnlab.feedback.scores import scores_symptom
from cnnlab.judging import LEARNED, Judged, look
from cnnlab.probes import probe_once
from cnnlab.probes.models import SCALINGS, habits
from cnnlab.sampling import DigitSample, accuracy_of
from labkit.diagnosis import Cause, Diagnosis, caused, sentence

CHANCE = 20.0
FEW = 20
"""Images with which a network's habits are looked at."""
TURNED = 200
"""Images that it sees turned, mirrored and inverted."""
SAME = 1e-3
"""Scores that differ by less, relatively, are the same."""
MOST_ABSENT = 5
"""Digits that a network may never answer and still have learned the others."""
ALWAYS = 0.98
"""Share of the images that get the same answer."""
BETTER = 5.0
"""Points by which a network must do better if a cause is to explain its mistakes."""


def weak(question: str, name: str, model: Any, seen: Judged, wanted: str) -> Diagnosis:
    """The diagnosis of a network that is right too seldom; `wanted` goes on with what is asked."""
    fitting = list(causes(model, seen))
    start = f"{name} is right on {seen.accuracy:.2f} % of the digits"
    if len(fitting) == 1:
        text = f"{start}. {fitting[0].text}"
        more = wanted.removeprefix(".") if text.endswith("?") else wanted
        return caused(question, replace(fitting[0], text=f"{text}{more}"))
    if seen.accuracy < CHANCE:
        text = (
            f"{start}, about what guessing gives{_always_the_same(seen)}. Was it trained in this"
            " notebook, and is this the trained model? Restart and run all: an early error leaves"
            f" the model of before{wanted}"
        )
        return Diagnosis(sentence(question, text), symptom="guessing")
    text = (
        f"{start}: it learned too little. Usual causes: too few images or steps (a single batch, a"
        " thousand images), a learning rate far from the recipe's, no schedule, gradients that are"
        f" not cleared{wanted}"
    )
    return Diagnosis(sentence(question, text), symptom="learned_too_little")


def _always_the_same(seen: Judged) -> str:
    answers = seen.table.argmax(1).bincount(minlength=10)
    if answers.max() < ALWAYS * len(seen.table):
        return ""
    digit = int(answers.argmax())
    return f", and answers {digit} to nearly every image: a rate that is far too high ends so, too"


def causes(model: Any, seen: Judged) -> Iterator[Cause]:
    """Every cause that explains why the network is wrong so often.

    Softmax in the network and few training images make it weaker, no more: they are looked for
    where nothing else is found.
    """
    found = [*_of_calls(model, seen), *_of_labels(model, seen), *_of_images(model, seen)]
    found = found or [*_of_absent_digits(seen)]
    yield from found or [*_of_probabilities(seen), *_of_few_images(model, seen)]


def _of_calls(model: Any, seen: Judged) -> Iterator[Cause]:
    """Does a score depend on chance, or on the other images of the batch?"""
    images = seen.digits.images[:FEW]
    shown = probe_once(habits, model, images, seen.scaling)
    if not isinstance(shown, dict):
        return
    tables = {name: shown.get(name) for name in ("scores", "again", "alone")}
    if any(scores_symptom(each, len(images), "", "") for each in tables.values()):
        return
    first, again, alone = (each["scores"] for each in tables.values())
    if not _same(first, again):
        yield Cause(
            "dropout_left_on",
            "The same images get other scores each time: is dropout on in evaluation mode, too?"
            " (`F.dropout` needs `training=self.training`.)",
        )
    elif not _same(first, alone):
        yield _mixed(first)


def _same(one: Tensor, other: Tensor) -> bool:
    return bool((one - other).abs().max() <= SAME * max(1.0, float(one.abs().max())))


def _mixed(table: Tensor) -> Cause:
    sums = {torch.ones(10).allclose(each.sum(0), atol=1e-3) for each in (table, table.exp())}
    if True in sums:
        return Cause(
            "softmax_over_batch",
            "Its scores add up to 1 over the images of a batch, so that the images compete: the"
            " softmax goes over dimension 0. Leave it out, or take dim=1",
        )
    return Cause(
        "mixes_images",
        "An image alone gets other scores than in a batch: the network mixes the images of a batch",
    )


def _of_labels(model: Any, seen: Judged) -> Iterator[Cause]:
    """Are its answers right under another numbering of the digits?

    Where nearly all answers are wrong, the best accuracy says nothing of the right scaling.
    """
    scalings = SCALINGS if seen.accuracy < CHANCE else (seen.scaling,)
    for scaling in scalings:
        shown = look(model, seen.digits.images, scaling)
        if scores_symptom(shown, len(seen.digits.images), "", ""):
            continue
        told = _numbering(replace(seen, table=shown["scores"]))
        if _explains(accuracy_of(-shown["scores"], seen.digits), seen):
            told = "scores_negated"
        if told:
            yield Cause(told, _NUMBERED[told])
            return


def _numbering(seen: Judged) -> str:
    """Return which other numbering makes the answers right, or ''."""
    answers = seen.table.argmax(1)
    counts = torch.zeros(10, 10, dtype=torch.float64)
    counts.index_put_((seen.digits.labels, answers), seen.digits.stands_for, accumulate=True)
    numbering = counts.argmax(1)
    digits = torch.arange(10)
    if torch.equal(numbering, digits) or len(numbering.unique()) < 10:
        return ""
    renumbered = replace(seen.digits, labels=numbering[seen.digits.labels])
    if not _explains(accuracy_of(seen.table, renumbered), seen):
        return ""
    ids = {"labels_plus_one": (digits + 1) % 10, "labels_minus_one": (digits - 1) % 10}
    ids["labels_reversed"] = 9 - digits
    return next((name for name, each in ids.items() if each.equal(numbering)), "labels_renumbered")


_NUMBERED = {
    "labels_plus_one": "Its answers are one too high: were the labels off by one in training?",
    "labels_minus_one": "Its answers are one too low: were the labels off by one in training?",
    "labels_reversed": "It answers 9 minus the digit: were the labels 9 - y in training?",
    "labels_renumbered": "Its answers follow another numbering of the digits: were the labels"
    " changed in training?",
    "scores_negated": "The lowest of its ten scores stands at the right digit, where the highest"
    " must: did the scores change their sign?",
}


def _of_absent_digits(seen: Judged) -> Iterator[Cause]:
    """Does it know all digits but some, which it never answers?"""
    answers = seen.table.argmax(1)
    absent = [digit for digit in range(10) if not answers.eq(digit).any()]
    known = ~torch.isin(seen.digits.labels, torch.tensor(absent, dtype=torch.int64))
    if not 0 < len(absent) <= MOST_ABSENT:
        return
    others = DigitSample(*(part[known] for part in vars(seen.digits).values()))
    if _explains(accuracy_of(seen.table[known], others), seen):
        named = " or ".join(str(digit) for digit in absent)
        yield Cause(
            "digits_absent",
            f"It never answers {named}, and knows the other digits: was every digit among its"
            " training images?",
        )


def _of_images(model: Any, seen: Judged) -> Iterator[Cause]:
    """Does it do better on images that lie otherwise, or are inverted?"""
    some = DigitSample(
        seen.digits.images[:TURNED],
        seen.digits.labels[:TURNED],
        seen.digits.stands_for[:TURNED],
    )
    images = some.images
    changed = {
        "images_transposed": images.mT,
        "images_mirrored": images.flip(-1),
        "images_upside_down": images.flip(-2),
        "images_half_turned": images.flip(-1, -2),
        "images_turned": images.rot90(1, (-2, -1)),
        "images_turned_back": images.rot90(-1, (-2, -1)),
        "images_inverted": 255 - images,
    }
    accuracies = {
        name: max(_accuracies(model, pixels.contiguous(), some)) for name, pixels in changed.items()
    }
    best = max(accuracies, key=lambda name: accuracies[name])
    if _explains(accuracies[best], seen):
        yield Cause(best, f"It does much better on {_CHANGED[best]} in training?")


_CHANGED = {
    "images_transposed": "transposed digits: were rows and columns of the images swapped",
    "images_mirrored": "mirrored digits: were left and right of the images swapped",
    "images_upside_down": "digits that stand upside down: were top and bottom of the images"
    " swapped",
    "images_half_turned": "digits that are turned by 180 degrees: were the images turned",
    "images_turned": "digits that are turned by 90 degrees: were the images turned",
    "images_turned_back": "digits that are turned by 90 degrees: were the images turned",
    "images_inverted": "inverted digits: were black and white swapped",
}


def _accuracies(model: Any, images: Tensor, digits: DigitSample) -> list[float]:
    """Accuracies under the scalings that keep an image's form; 0 where there are no scores."""
    tables = [look(model, images, scaling) for scaling in SCALINGS[:3]]
    sound = [each for each in tables if scores_symptom(each, len(images), "", "") is None]
    return [accuracy_of(each["scores"], digits) for each in sound] or [0.0]


def _explains(accuracy: float, seen: Judged) -> bool:
    return accuracy > max(seen.accuracy + BETTER, LEARNED)


def _of_probabilities(seen: Judged) -> Iterator[Cause]:
    rows = seen.table.double()
    if seen.accuracy > CHANCE and bool((rows >= 0).all() and (rows.sum(1) - 1).abs().max() < 1e-3):
        yield Cause(
            "softmax_in_model",
            "Its scores are probabilities. If the softmax was there in training, cross-entropy took"
            " it a second time, and the network learned slowly: leave it out in `forward`",
        )


def _of_few_images(model: Any, seen: Judged) -> Iterator[Cause]:
    """Does it know the first training images much better than all others?"""
    first = training_accuracy(model, seen, 64)
    if seen.accuracy > CHANCE and first > 95 and first - seen.accuracy > 15:
        yield Cause(
            "trained_on_few",
            f"It is right on {first:.0f} % of the first 64 training images, so it knows those by"
            " heart: was it trained on a few images only?",
        )


def training_accuracy(model: Any, seen: Judged, count: int) -> float:
    """Percent of the first `count` training images, as they are, that the network reads rightly."""
    images, labels = (torch.from_numpy(part[:count].copy()) for part in data.load("train"))
    shown = look(model, images, seen.scaling)
    if scores_symptom(shown, count, "", ""):
        return math.nan
    return 100.0 * float(shown["scores"].argmax(1).eq(labels).double().mean())
