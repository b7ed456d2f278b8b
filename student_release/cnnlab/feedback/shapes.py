"""What is wrong with an answer about the shapes of layers: q3 and q4.

No right number stands here: a check hands over its seal. A message names the cause and never the
right number.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cnnlab.feedback.flattened import causes_of_all, feature_causes, feature_guesses, features
from cnnlab.feedback.numbers import number_symptom, whole_number, whole_numbers
from cnnlab.feedback.plans import POOLS, Plan, plan_variants, sides
from cnnlab.feedback.values import kind
from cnnlab.feedback.wrong_numbers import Guess, fitting
from cnnlab.number_checks import check_number
from cnnlab.seals import seal
from labkit.diagnosis import Cause, Diagnosis, caused, fail, one_of, sentence

FEATURES_ADVICE = "follow the shapes layer by layer: fc receives channels · height · width of the "
FEATURES_ADVICE += "last one"
CONVOLUTION = "a kernel of 3 without padding fits in 2 places fewer than the side has pixels"
POOL = "a 2×2 pool halves the side, rounding down"
STEPS = (
    ("conv1", CONVOLUTION),
    ("the first pool", POOL),
    ("conv2", CONVOLUTION),
    ("the second pool", POOL),
)


def check_list_of_sides(question: str, name: str, value: Any) -> None:
    """Raise `CheckFailed` unless `value` is a list of five whole numbers that starts with 28."""
    numbers = _side_numbers(question, name, value)
    if numbers[:1] != [28]:
        text = f"{name} does not start with 28. The image's own side belongs in front"
        fail(_listed(sentence(question, text), numbers, "image_missing"))
    if len(numbers) != len(STEPS) + 1:
        fail(_wrong_length(question, name, numbers))


def _side_numbers(question: str, name: str, value: Any) -> list[int]:
    numbers = whole_numbers(value)
    if isinstance(numbers, str):
        symptom = "missing" if value is None or value is Ellipsis else "kind"
        fail(Diagnosis(sentence(question, f"{name} {numbers}"), symptom=symptom))
        return []
    return numbers


def _wrong_length(question: str, name: str, numbers: Sequence[int]) -> Diagnosis:
    needed = f"{name} has {len(numbers)} numbers. It needs five: the image's side, then the side "
    needed += "after conv1, pool, conv2 and pool"
    return _listed(sentence(question, needed), numbers, "length")


def _listed(text: str, numbers: Sequence[int], symptom: str) -> Diagnosis:
    """`text`, and what the whole list is if that is known."""
    causes = fitting(numbers, _lists())
    told = one_of("", causes, "").text.removeprefix(": ") if causes else ""
    text += f" Here {told}" if told else ""
    return Diagnosis(text, tuple(cause.id for cause in causes), symptom)


def check_sides(question: str, name: str, value: Any, seals: Sequence[str]) -> None:
    """Raise `CheckFailed` unless `value` holds the sides after SimpleCNN's layers.

    `seals` are those of the sides after the image's, in order. A list without the image's side is
    judged by the others.
    """
    numbers = _side_numbers(question, name, value)
    if len(numbers) == len(STEPS) and numbers[0] != 28:
        numbers = [28, *numbers]
    if len(numbers) != len(STEPS) + 1:
        fail(_wrong_length(question, name, numbers))
    if numbers[0] != 28:
        text = f"{name} starts with the side of an MNIST image, which isn't {numbers[0]}"
        fail(_listed(sentence(question, text), numbers, "image_missing"))
    for index, ((layer, rule), sealed) in enumerate(zip(STEPS, seals, strict=True), start=1):
        if seal(f"{question} {name}[{index}]", numbers[index]) != sealed:
            causes = fitting(numbers, _lists())
            causes = causes or fitting([numbers[index]], _steps(layer, numbers[index - 1]))
            found = one_of(question, causes, rule)
            told = found.text.removeprefix(f"{question}: ")
            text = f"{question}: the side after {layer} cannot be {numbers[index]}: {told}"
            fail(Diagnosis(text, found.causes, "side"))


def _lists() -> Iterator[Guess]:
    """Whole lists of sides that a wrong turn leads to."""
    right = list(sides(Plan()).values())
    image, first, first_pooled, second, second_pooled = right
    for turn, plan in plan_variants():
        text = f"these are the sides {turn.words}" + (f"; {turn.instead}" if turn.instead else "")
        yield Guess(Cause(turn.id, text), tuple(sides(plan).values()), turn.cost)
    text = "a ReLU is no line of its own: it leaves the side as it is"
    with_relu = (image, first, first, first_pooled, second, second, second_pooled)
    yield Guess(Cause("relu_listed", text), with_relu)
    text = "these are pixels: the side alone is asked"
    yield Guess(Cause("areas", text), tuple(side * side for side in right))
    text = "these are the numbers of all channels: the side of one map is asked"
    volumes = (c * side * side for c, side in zip((1, 8, 8, 16, 16), right, strict=True))
    yield Guess(Cause("volumes", text), tuple(volumes))
    text = "these are channels: the side of each map is asked"
    yield Guess(Cause("channels", text), (1, 8, 8, 16, 16))
    yield Guess(Cause("reversed", "the list runs backwards"), tuple(reversed(right)))
    text = "each layer is followed from the image, not from the layer before it"
    yield Guess(Cause("from_image", text), (image, first, image // 2, first, image // 2))
    for last in (10, 1, 16, 16 * second_pooled**2):
        text = "what comes after the second pool is no side of a map"
        yield Guess(Cause("fc_listed", text), (*right, last))
        yield Guess(Cause("fc_listed", text), (*right[1:], last))


def _steps(layer: str, side: int) -> Iterator[Guess]:
    """Ways to miss the side after one layer, from the side before it."""
    if "pool" in layer:
        ways = {
            "pool_rounded_up": ("it is rounded up", math.ceil(side / 2)),
            "pool_keeps": ("a pool makes the side smaller", side),
            "pool_like_convolution": ("that is a convolution's rule", side - 2),
            "pool_stride_1": ("a pool's window moves by 2, not by 1", side - 1),
            "pool_less_one": ("the last window is left out", side // 2 - 1),
            "pool_one_more": ("there is one window too many", side // 2 + 1),
            "pool_3": ("the pool is 2×2, not 3×3", side // 3),
            "pool_4": ("the pool is 2×2: along one side it halves once", side // 4),
            "pool_doubles": ("a pool does not make the side larger", 2 * side),
        }
        rule = POOL
    else:
        ways = {
            "convolution_keeps": ("the side would stay with padding=1 only", side),
            "convolution_takes_1": ("it takes 1 away", side - 1),
            "convolution_takes_3": ("it takes 3 away, the whole kernel", side - 3),
            "kernel_5": ("that is the rule for a 5×5 kernel", side - 4),
            "two_convolutions": ("the convolution is counted three times", side - 6),
            "convolution_like_pool": ("that is a pool's rule", side // 2),
            "convolution_with_stride": ("the stride is 1, not 2", (side - 3) // 2 + 1),
            "padded": ("there is no padding", side + 2),
            "one_more": ("there is no padding", side + 1),
        }
        rule = CONVOLUTION
    for name, (text, number) in ways.items():
        yield Guess(Cause(name, f"{text}: {rule}"), (number,))


def check_variants(question: str, name: str, value: Any) -> None:
    """Raise `CheckFailed` unless `value` is a dictionary with a whole number for each variant."""
    variants = _variants(question, name, value)
    for variant in POOLS:
        if variant not in variants:
            text = f'{name} has no entry "{variant}"'
            fail(Diagnosis(sentence(question, text), symptom="entry_missing"))
        symptom = number_symptom(variants[variant], f'{name}["{variant}"]')
        if symptom is not None:
            fail(Diagnosis(sentence(question, symptom.text), symptom=symptom.symptom))
    if len({whole_number(variants[variant]) for variant in POOLS}) == 1:
        text = "the three variants end in different sizes, so they need three numbers"
        fail(Diagnosis(sentence(question, text), symptom="all_the_same"))


def _variants(question: str, name: str, value: Any) -> Mapping[Any, Any]:
    if value is None or value is Ellipsis:
        fail(Diagnosis(f"{question}: {name} is still to be written.", symptom="missing"))
    if not issubclass(type(value), dict):
        text = f"{name} is {kind(value)}, where a dictionary is expected"
        fail(Diagnosis(sentence(question, text), symptom="kind"))
    if not value.keys() & POOLS.keys() and set(POOLS) <= {
        x for x in value.values() if type(x) is str
    }:
        text = f"keys and values of {name} are swapped: a name stands in front of its number"
        fail(caused(question, Cause("keys_and_values_swapped", text)))
    return value


def check_variant(question: str, name: str, value: Any, variant: str, sealed: str) -> None:
    """Raise `CheckFailed` unless one entry of `value` is the number whose seal is `sealed`.

    The other entries do not matter, as long as this one can be read.
    """
    variants = _variants(question, name, value)
    if variant not in variants:
        text = f'{name} has no entry "{variant}"'
        fail(Diagnosis(sentence(question, text), symptom="entry_missing"))
    check_number(
        question,
        f'{name}["{variant}"]',
        variants[variant],
        sealed,
        variant_causes(variant, variants),
        advice=FEATURES_ADVICE,
    )


_OTHERS = {
    "no_pool": "no_pool",
    "final_pool_only": "final_pool",
    "pool_after_each": "pool_after_each",
}


def variant_causes(
    variant: str, values: Mapping[Any, Any] | None = None
) -> Callable[[int], list[Cause]]:
    """`feature_causes` for one variant of q4, where another variant's number is named as such.

    A mistake that explains all three `values`, if all are wrong, is told alone.
    """
    numbers = {each: whole_number((values or {}).get(each)) for each in POOLS}
    known = {each: number for each, number in numbers.items() if number is not None}
    wrong = [each for each, number in known.items() if number != features(each)]
    shared = causes_of_all(known) if len(wrong) == len(POOLS) else frozenset[str]()

    def causes(number: int) -> list[Cause]:
        guesses = [each for each in feature_guesses(variant) if each.cause.id in shared]
        found = fitting([number], guesses) or feature_causes(number, variant)
        return [_named_variant(cause) for cause in found]

    return causes


def _named_variant(cause: Cause) -> Cause:
    other = _OTHERS.get(cause.id)
    if other is None:
        return cause
    text = f'{cause.text.partition(";")[0]}, another variant, "{other}": are they swapped?'
    return Cause("another_variant", text)
