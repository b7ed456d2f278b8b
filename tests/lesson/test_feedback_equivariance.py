"""What mistakes of `shift_error` (q15) return: computed, and told only where one alone fits."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from cnnlab.checks import Case, CheckFailed, compare
from cnnlab.feedback.equivariance import brightness_mistakes, pooled
from cnnlab.probes.layers import (
    observe_with_brightness,
    observe_with_plain_function,
    observe_with_pooling,
)
from torch import Tensor

Shift = tuple[int, int]
RANDOM = torch.Generator().manual_seed(5)
CASES = [
    Case(
        f"shift={shift}",
        (torch.rand(6, 8, generator=RANDOM), torch.randn(1, 2, 6, 8, generator=RANDOM), shift),
        look=observe_with_brightness,
    )
    for shift in ((1, 2), (-1, 2), (0, -3), (2, 0), (-3, 2), (3, -2))
]


def differences(brightness: Tensor, image: Tensor, shift: Shift) -> Tensor:
    after = image.roll(shift, (2, 3)) * brightness
    return after - (image * brightness).roll(shift, (2, 3))


def interior(found: Tensor, shift: Shift) -> Tensor:
    rows, columns = shift
    kept = found[:, :, rows:] if rows >= 0 else found[:, :, :rows]
    return kept[..., columns:] if columns >= 0 else kept[..., :columns]


def right(brightness: Tensor, image: Tensor, shift: Shift) -> Tensor:
    return interior(differences(brightness, image, shift), shift).abs().max()


def answer(
    number: Callable[[Tensor], Tensor], cut: Callable[[Tensor, Shift], Tensor] = interior
) -> Callable[..., Tensor]:
    def shift_error(layer: Callable[[Tensor], Tensor], image: Tensor, shift: Shift) -> Tensor:
        found = layer(image.roll(shift, (2, 3))) - layer(image).roll(shift, (2, 3))
        return number(cut(found, shift))

    return shift_error


@pytest.mark.parametrize("look", [observe_with_brightness, observe_with_plain_function])
def test_a_tensor_that_holds_a_single_number_is_right_whatever_its_shape(look) -> None:
    for reshaped in (lambda x: x, lambda x: x.reshape(1), lambda x: x.reshape(1, 1, 1).numpy()):
        function = answer(lambda x, reshaped=reshaped: reshaped(x.abs().max()))
        cases = [replace(case, look=look) for case in CASES]
        compare(
            "q15", "shift_error", function, cases, right, brightness_mistakes,
            single=True,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("function", "causes"),
    [
        (answer(torch.max), ("signed",)),
        (answer(lambda x: x.max().abs()), ("signed",)),
        (answer(lambda x: -x.min()), ("signed",)),
        (answer(lambda x: x.abs().mean()), ("mean",)),
        (answer(lambda x: x.abs().max(), lambda x, _: x), ("border_compared",)),
        (answer(lambda x: x.abs().max() * 1.1), ()),
        (answer(lambda x: x.abs().max() * 0 + 5), ("constant",)),
        (answer(lambda x: x.abs().max() * 0), ()),
    ],
)
def test_the_one_mistake_that_fits_every_shift_is_told(
    function: Callable[..., Tensor], causes: tuple[str, ...]
) -> None:
    with pytest.raises(CheckFailed) as failed:
        compare(
            "q15", "shift_error", function, CASES, right, brightness_mistakes
        )  # fmt: skip
    assert failed.value.diagnosis.causes == causes


def test_pooling_is_that_of_the_layer_that_students_are_given() -> None:
    image, brightness = torch.randn(1, 2, 6, 9, generator=RANDOM), torch.rand(6, 9)
    seen = observe_with_pooling(lambda layer, x, _: layer(x), brightness, image, (0, 0))
    assert torch.equal(seen["value"], pooled(brightness, image))


def test_the_interior_never_sees_what_comes_from_outside() -> None:
    image, brightness = torch.rand(1, 2, 8, 9, generator=RANDOM), torch.rand(8, 9)
    for shift in ((1, 2), (-1, 3), (3, 0), (0, -1)):
        moved = image.roll(shift, (2, 3))
        other = torch.full_like(moved, 1e3)
        places = slice(max(shift[0], 0), 8 + min(shift[0], 0))
        columns = slice(max(shift[1], 0), 9 + min(shift[1], 0))
        other[..., places, columns] = moved[..., places, columns]
        first, second = pooled(brightness, moved), pooled(brightness, other)
        assert torch.equal(interior(first, shift), interior(second, shift))
