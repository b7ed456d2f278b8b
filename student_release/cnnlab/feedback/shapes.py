"""What is wrong with an answer about the shapes of layers: q3 and q4.

The right numbers come from the checks; here stand only ways to miss them. A message names the
cause and never the right number.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cnnlab.feedback.compare import call_problem
from cnnlab.feedback.numbers import (
    number_problem,
    observed_problem,
    raised,
    sentence,
    whole_number,
    whole_numbers,
)
from cnnlab.feedback.values import kind
from cnnlab.feedback.wrong_numbers import FLATTENED_SIZES

CHANNELS = (8, 16)
"""What conv1 and conv2 put out in SimpleCNN."""
BATCH = 64
"""Images in a batch of the lesson's exercise."""

Size = tuple[int, int, int, int]
"""One case of q3: n, kernel_size, stride, padding."""


SIZE_MISTAKES: Mapping[str, Callable[[int, int, int, int], int]] = {
    "the + 1 is missing: a kernel as wide as the image still fits once": lambda n, k, s, p: (
        (n + 2 * p - k) // s
    ),
    "the + 1 belongs outside the division": lambda n, k, s, p: (n + 2 * p - k + 1) // s,
    "it adds 2 where 1 belongs": lambda n, k, s, p: (n + 2 * p - k) // s + 2,
    "it rounds up: a window that hangs over the edge does not count": lambda n, k, s, p: (
        math.ceil((n + 2 * p - k) / s) + 1
    ),
    "it rounds to the nearest number: a window that hangs over the edge does not count": (
        lambda n, k, s, p: round((n + 2 * p - k) / s) + 1
    ),
    "the padding is missing": lambda n, k, s, p: (n - k) // s + 1,
    "the padding is added once; it goes on both sides": lambda n, k, s, p: (n + p - k) // s + 1,
    "the padding is subtracted": lambda n, k, s, p: (n - 2 * p - k) // s + 1,
    "the padding is in the divisor; it widens the image": lambda n, k, s, p: (
        (n - k) // (s + 2 * p) + 1
    ),
    "the stride is ignored": lambda n, k, s, p: n + 2 * p - k + 1,
    "the kernel's size is ignored": lambda n, k, s, p: (n + 2 * p) // s,
    "the kernel's size is ignored (n // stride holds for a 2×2 pool only)": lambda n, k, s, p: (
        n // s
    ),
    "the stride is always the kernel's size": lambda n, k, s, p: (n + 2 * p - k) // k + 1,
    "stride and kernel_size are swapped": lambda n, k, s, p: (n + 2 * p - s) // k + 1,
    "stride and padding are swapped": lambda n, k, s, p: (n + 2 * s - k) // max(p, 1) + 1,
    "a dilation of 2 is assumed: the kernel's taps are neighbours": lambda n, k, s, p: (
        (n + 2 * p - 2 * (k - 1) - 1) // s + 1
    ),
    "it returns the image's side unchanged": lambda n, k, s, p: n,
}
"""Ways to miss the side of a convolution's output: sentence → what the mistake gives."""


def size_problem(seen: Sequence[Any], sizes: Sequence[Size], expected: Sequence[int]) -> str | None:
    """What is wrong with the sides that conv_output_size gave for `sizes`; None if all are right.

    A known mistake is named when it explains every answer, right ones included.
    """
    name = "conv_output_size"
    problem = observed_problem(seen, expected, name)
    if problem is not None:
        return f"q3: {problem}"
    got = [whole_number(one["value"]) for one in seen]
    if got == list(expected):
        return None
    first = next(i for i, right in enumerate(expected) if got[i] != right)
    n, k, s, p = sizes[first]
    case = f"n={n}, kernel_size={k}, stride={s}, padding={p}"
    if len(set(got)) == 1 and len(set(expected)) > 1:
        return f"q3: {name} gives {got[0]} whatever it is asked (for example for {case})."
    for cause, mistake in SIZE_MISTAKES.items():
        if got == [mistake(*size) for size in sizes]:
            return f"q3: {name}({case}) gives {got[first]}: {cause}."
    return (
        f"q3: {name}({case}) gives {got[first]}. Count the places where the kernel fits completely "
        "into the padded side, one every `stride` pixels."
    )


REFUSALS = ("ValueError", "AssertionError", "RuntimeError")
"""How a function may refuse a kernel that does not fit: its own error, or the one torch raises."""


def refusal_problem(seen: Any, count: int) -> str | None:
    """Was each of `count` calls with a kernel that does not fit refused? None if so."""
    name = "conv_output_size"
    if not isinstance(seen, (list, tuple)) or len(seen) != count:
        return f"q3: {name} could not be observed."
    for one in seen:
        if raised(one).startswith(REFUSALS):
            continue
        problem = call_problem(one, name=name)
        if problem is not None:
            return sentence(f"q3: {problem}")
        return (
            f"q3: the kernel is wider than the padded side, and {name} raised no error. A size of "
            "0 or less hides the mistake: raise a ValueError."
        )
    return None


STEPS = (
    ("conv1", "a kernel of 3 without padding fits in 2 places fewer than the side has pixels"),
    ("the first pool", "a 2×2 pool halves the side, rounding down"),
    ("conv2", "a kernel of 3 without padding fits in 2 places fewer than the side has pixels"),
    ("the second pool", "a 2×2 pool halves the side, rounding down"),
)


def sides_problem(value: Any, expected: Sequence[int]) -> str | None:
    """What is wrong with feature_map_sizes; a list without the 28 in front is judged as well."""
    sides = whole_numbers(value)
    if isinstance(sides, str):
        return sentence(f"q3: feature_map_sizes {sides}")
    if sides[:1] != [expected[0]] and len(sides) == len(expected) - 1:
        sides = [expected[0], *sides]
    if len(sides) != len(expected):
        return (
            f"q3: feature_map_sizes has {len(sides)} numbers. It needs {len(expected)}: the "
            "image's side, then the side after conv1, pool, conv2 and pool."
        )
    if sides[0] != expected[0]:
        return "q3: feature_map_sizes starts with the side of an MNIST image."
    for index, (layer, rule) in enumerate(STEPS, start=1):
        if sides[index] != expected[index]:
            return f"q3: the side after {layer} cannot be {sides[index]}: {rule}."
    return None


def flattened_size_cause(number: int, expected: int) -> str:
    """Why `number` is not the number of inputs that fc receives: a clause without a full stop.

    `expected` is the right number, channels · side · side, which the clause does not repeat.
    """
    side = math.isqrt(expected // CHANNELS[1])
    related = {
        BATCH * expected: "the 64 images of a batch are counted in; the batch is not a feature",
        expected**2: "that is a square too many",
        expected + 1: "a bias belongs to an output: it is no input feature",
        side: "that is a side of one feature map; the layer receives every number of every map",
        side**2: "that is one channel: conv2 gives 16 of them",
        CHANNELS[1] * side: "the side is not squared: a map has height and width",
        CHANNELS[0] * side**2: "the channels are those of conv1, fc comes after conv2",
    }
    return related.get(number) or FLATTENED_SIZES.get(
        number,
        "follow the shapes layer by layer: fc receives channels · height · width of the last one",
    )


def flattened_size_problem(got: Any, expected: int) -> str | None:
    """What is wrong with fc_in_features (q3); None if it is right."""
    number = whole_number(got)
    if number == expected:
        return None
    if number is None:
        return sentence(f"q3: {number_problem(got, 'fc_in_features')}")
    return f"q3: fc_in_features cannot be {number}: {flattened_size_cause(number, expected)}."


VARIANTS = ("no_pool", "final_pool", "pool_after_each")


def variants_problem(value: Any) -> str | None:
    """Is fc_in_by_variant a dictionary with a whole number for each variant? None if it is."""
    if value is None or value is Ellipsis:
        return "q4: fc_in_by_variant is still to be written."
    if not issubclass(type(value), dict):
        return f"q4: fc_in_by_variant is {kind(value)}, where a dictionary is expected."
    absent = [name for name in VARIANTS if name not in value]
    if absent:
        return f'q4: fc_in_by_variant has no entry "{absent[0]}".'
    for name in VARIANTS:
        problem = number_problem(value[name], f'fc_in_by_variant["{name}"]')
        if problem is not None:
            return sentence(f"q4: {problem}")
    if len({whole_number(value[name]) for name in VARIANTS}) == 1:
        return "q4: the three variants end in different sizes, so they need three numbers."
    return None


def variant_problem(value: Any, name: str, expected: Mapping[str, int]) -> str | None:
    """What is wrong with the number of one variant of q4; None if it is right.

    The other entries do not matter, as long as this one can be read.
    """
    if not issubclass(type(value), dict) or name not in value:
        return variants_problem(value)
    got = whole_number(value[name])
    if got == expected[name]:
        return None
    entry = f'q4: fc_in_by_variant["{name}"]'
    if got is None:
        return sentence(f"{entry}: {number_problem(value[name], 'the entry')}")
    others = [other for other in VARIANTS if expected[other] == got]
    if others:
        cause = f'that is the size of another variant, "{others[0]}": are they swapped?'
        if name == "final_pool" and others[0] == "no_pool":
            cause += " Or is it 64·12·12, from a known example whose conv2 has 64 channels, not 16?"
        return f"{entry} cannot be {got}: {cause}"
    return f"{entry} cannot be {got}: {flattened_size_cause(got, expected[name])}."
