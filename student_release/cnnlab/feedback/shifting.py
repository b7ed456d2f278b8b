"""What is wrong with `random_shift` (q21): every image's shift is found again, and all are judged.

The shifts are the student's own draws, so no single result is known beforehand. What is known: each
image is its original, moved by whole pixels, with zeros where nothing came from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import torch
from torch import Tensor

from cnnlab.diagnosis import Cause, Diagnosis, caused, sentence
from cnnlab.feedback.calls import failed_call, is_observation, with_print
from cnnlab.feedback.compare import agrees, tensor_symptom
from cnnlab.feedback.observed import Fields, sound
from cnnlab.feedback.values import as_float64

QUESTION, NAME = "q21", "random_shift"
FIELDS: Fields = {"call": dict, "again": Any, "other": Any, "global_used": bool}


@dataclass(frozen=True)
class Found:
    """The shift of each image (down, right), as found in what came back."""

    shifts: list[tuple[int, int]]
    pixels: int

    @property
    def down(self) -> set[int]:
        return {shift[0] for shift in self.shifts}

    @property
    def right(self) -> set[int]:
        return {shift[1] for shift in self.shifts}


def shift_images(random: torch.Generator, count: int, channels: int, side: int) -> Tensor:
    """Random images [N,C,side,side + 2] without zeros, so that every shift can be found again."""
    return 0.5 + torch.rand((count, channels, side, side + 2), generator=random)


def zero_filled(image: Tensor, down: int, right: int) -> Tensor:
    """Images [...,H,W] moved down and to the right, with zeros where nothing came from."""
    rows, columns = image.shape[-2:]
    i = torch.arange(rows)[:, None] - down
    j = torch.arange(columns)[None, :] - right
    inside = (i >= 0) & (i < rows) & (j >= 0) & (j < columns)
    return image[..., i.clamp(0, rows - 1), j.clamp(0, columns - 1)] * inside


def wrapped(image: Tensor, down: int, right: int) -> Tensor:
    """The same, with what leaves on one side coming in on the other."""
    return image.roll((down, right), (-2, -1))


def repeated(image: Tensor, down: int, right: int) -> Tensor:
    """The same, with the border's pixels repeated."""
    rows, columns = image.shape[-2:]
    i = (torch.arange(rows)[:, None] - down).clamp(0, rows - 1)
    j = (torch.arange(columns)[None, :] - right).clamp(0, columns - 1)
    return image[..., i, j]


def reflected(image: Tensor, down: int, right: int) -> Tensor:
    """The same, with the image reflected at its border."""
    rows, columns = image.shape[-2:]
    i = (torch.arange(rows)[:, None] - down).abs()
    j = (torch.arange(columns)[None, :] - right).abs()
    i, j = torch.minimum(i, 2 * (rows - 1) - i), torch.minimum(j, 2 * (columns - 1) - j)
    return image[..., i, j]


Filling = Callable[[Tensor, int, int], Tensor]


def found_shifts(
    images: Tensor, result: Tensor, pixels: int, filling: Filling, reach: int | None = None
) -> Found | None:
    """The shifts that lead from `images` to `result`; None where an image has none."""
    reach = 2 * pixels + 1 if reach is None else reach
    steps = sorted(range(-reach, reach + 1), key=abs)
    originals, waiting = images.double(), torch.arange(len(images))
    shifts: dict[int, tuple[int, int]] = {}
    for step in product(steps, steps):
        expected = filling(originals[waiting], *step)
        close = (result[waiting] - expected).abs() <= 1e-5 * (1 + expected.abs())
        fitting = close.flatten(1).all(dim=1)
        shifts |= dict.fromkeys(waiting[fitting].tolist(), step)
        waiting = waiting[~fitting]
        if not len(waiting):
            return Found([shifts[place] for place in range(len(images))], pixels)
    return None


def shifting_problem(
    seen: Any, images: Tensor, pixels: int, public: bool = False
) -> Diagnosis | None:
    """Is each image moved by a shift of its own, with zeros coming in? If not, why not?"""
    if not sound(seen, FIELDS) or not is_observation(seen["call"]):
        text = sentence(QUESTION, f"{NAME} could not be observed")
        return Diagnosis(text, symptom="unreadable")
    words = f"{len(images)} images of {'×'.join(map(str, images.shape[1:]))}, {pixels} pixels"
    problem = failed_call(QUESTION, NAME, seen["call"], public)
    if problem is None:
        unfit = tensor_symptom(seen["call"]["value"], tuple(images.shape), name=NAME)
        if unfit:
            problem = _unfit(unfit, seen["call"]["value"], images, words)
        else:
            problem = _judged(seen, images, pixels, words)
    if problem and public:
        return with_print(problem, seen["call"])
    return problem


def _unfit(unfit: Diagnosis, value: Any, images: Tensor, words: str) -> Diagnosis:
    if issubclass(type(value), tuple) and len(value) == 2:
        return caused(QUESTION, _LABELS, words)
    numbers = as_float64(value)
    if numbers is not None and numbers.dim() == 4 and numbers.shape[:2] == images.shape[:2]:
        smaller = numbers.shape[-1] < images.shape[-1]
        return caused(QUESTION, _CROPPED if smaller else _PADDED, words)
    return Diagnosis(sentence(QUESTION, unfit.text, words), unfit.causes, unfit.symptom)


def _judged(seen: Any, images: Tensor, pixels: int, words: str) -> Diagnosis | None:
    result = as_float64(seen["call"]["value"])
    if result is None:
        raise TypeError("a tensor that could be read before")
    if pixels == 0:
        if agrees(result, images.double(), 1e-5):
            return None
        return caused(QUESTION, _MOVES_AT_ZERO, words)
    found = found_shifts(images, result, pixels, zero_filled)
    if found is None:
        return _without_shifts(images, result, pixels, words)
    for cause, shows in _SHIFTS:
        if shows(found):
            return caused(QUESTION, cause, words)
    if seen["call"]["changed"]:
        return caused(QUESTION, _CHANGES, words)
    if not agrees(seen["again"], result):
        return caused(QUESTION, _UNSEEDED if seen["global_used"] else _UNREPEATABLE, words)
    if agrees(seen["other"], result):
        return caused(QUESTION, _OWN_SEED, words)
    return None


def _without_shifts(images: Tensor, result: Tensor, pixels: int, words: str) -> Diagnosis:
    """The result holds an image that is no original with zeros coming in."""
    for cause, filling in _FILLINGS.items():
        if found_shifts(images, result, pixels, filling) is not None:
            return caused(QUESTION, cause, words)
    per_channel = images.reshape(-1, 1, *images.shape[2:])
    split = result.reshape(per_channel.shape)
    if images.shape[1] > 1 and found_shifts(per_channel, split, pixels, zero_filled) is not None:
        return caused(QUESTION, _CHANNELS, words)
    if found_shifts(images.flip(3), result, pixels, zero_filled) is not None:
        return caused(QUESTION, _FLIPPED, words)
    if _all_somewhere(images, result, pixels):
        return caused(QUESTION, _MIXED_UP, words)
    text = "there are images that are not the original, moved by whole pixels, with zeros coming in"
    return Diagnosis(sentence(QUESTION, text, words), symptom="not_moved")


def _all_somewhere(images: Tensor, result: Tensor, pixels: int) -> bool:
    """Is each of the first results another image of the batch, moved?"""
    return all(
        any(
            found_shifts(image[None], moved[None], pixels, zero_filled, pixels) is not None
            for image in images
        )
        for moved in result[:3]
    )


_LABELS = Cause("returns_pair", "two things are returned: only the images are asked for")
_CROPPED = Cause("cropped", "the images get smaller: cut out as many pixels as there were")
_PADDED = Cause("still_padded", "the images get larger: cut the padded ones to the size of before")
_MOVES_AT_ZERO = Cause("moves_at_zero", "with `pixels=0` every image must stay as it is")
_CHANGES = Cause("changes_input", "the images that were handed in are changed in place")
_UNSEEDED = Cause(
    "generator_ignored",
    "the same generator gives other shifts in a second call: draw with `generator=generator`, not"
    " from the global random numbers",
)
_UNREPEATABLE = Cause(
    "other_random_numbers",
    "the same generator gives other shifts in a second call: the numbers come from elsewhere, such"
    " as `random` or NumPy",
)
_OWN_SEED = Cause(
    "always_the_same", "another generator gives the same shifts: is a seed set in the function?"
)
_CHANNELS = Cause("channels_apart", "the channels of one image move apart: they belong together")
_MIXED_UP = Cause("order_changed", "the images come back in another order, so labels do not fit")
_FLIPPED = Cause("flipped", "the images are mirrored as well: they should only move")
_FILLINGS: dict[Cause, Filling] = {
    Cause(
        "wraps_around", "what leaves on one side comes in on the other (`roll`): zeros must come in"
    ): wrapped,
    Cause("border_repeated", "the border's pixels are repeated: zeros must come in"): repeated,
    Cause(
        "border_reflected", "the image is reflected at its border: zeros must come in"
    ): reflected,
}


def _both(found: Found) -> set[int]:
    return found.down | found.right


_SHIFTS: Sequence[tuple[Cause, Callable[[Found], bool]]] = (
    (
        Cause("not_moved", "no image moves"),
        lambda found: _both(found) == {0},
    ),
    (
        Cause("same_for_all", "all images move alike: each one needs a shift of its own"),
        lambda found: len(set(found.shifts)) == 1,
    ),
    (
        Cause("one_axis_only", "images move along one axis only: rows and columns both shift"),
        lambda found: found.down == {0} or found.right == {0},
    ),
    (
        Cause("always_full", "every image moves by the full `pixels`: smaller shifts occur, too"),
        lambda found: set(map(abs, _both(found))) == {found.pixels} and found.pixels > 1,
    ),
    (
        Cause("diagonal_only", "rows and columns move by the same number: draw two for each image"),
        lambda found: all(abs(down) == abs(right) for down, right in found.shifts),
    ),
    (
        Cause("one_axis_at_a_time", "each image moves along one axis only, never along both"),
        lambda found: all(0 in shift for shift in found.shifts),
    ),
    (
        Cause("too_far", "some images move by more than `pixels`"),
        lambda found: max(map(abs, _both(found))) > found.pixels,
    ),
    (
        Cause(
            "never_back",
            "images move in one direction only: shifts lie between -pixels and +pixels",
        ),
        lambda found: any(min(axis) >= 0 or max(axis) <= 0 for axis in (found.down, found.right)),
    ),
    (
        Cause(
            "end_left_out",
            "the largest shift never occurs in one direction: `randint` leaves out its upper end",
        ),
        lambda found: any(
            {-found.pixels, found.pixels} - axis for axis in (found.down, found.right)
        ),
    ),
    (
        Cause("zero_left_out", "a shift of 0 never occurs"),
        lambda found: any(0 not in axis for axis in (found.down, found.right)),
    ),
)
