"""Guess how a wrong number of fc inputs was reached (q3, q4, and the fc layer of q8).

The number is channels · side · side of the last feature map. A guess follows the plan with one or
two wrong turns: another rounding, padding, kernel or stride, a pool too few or too many, the
channels of another layer, the batch counted in, a side not squared.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

from cnnlab.diagnosis import Cause
from cnnlab.feedback.plans import IMAGE_SIDE, POOLS, Plan, Turn, sides, wrong_turns
from cnnlab.feedback.wrong_numbers import Guess, fitting

CHANNELS = (8, 16)
"""What conv1 and conv2 put out in SimpleCNN."""
BATCH = 64
"""Images in a batch of the lesson's exercise."""
CLASSES = 10


@dataclass(frozen=True)
class Share:
    """How the channels are counted."""

    id: str
    factor: int
    alone: str
    """The whole explanation where nothing else is wrong."""
    words: str
    cost: float = 1.0
    cost_combined: float = 1.5
    """Its cost beside a wrong turn."""


_C1, _C2 = CHANNELS
SHARES = (
    Share("", _C2, "", "", 0.0, 0.0),
    Share(
        "one_channel",
        1,
        "that is one channel: conv2 gives 16 of them",
        "one channel only",
        1.0,
        1.0,
    ),
    Share(
        "conv1_channels",
        _C1,
        "the channels are those of conv1, fc comes after conv2",
        "with the channels of conv1",
        cost_combined=1.0,
    ),
    Share(
        "channels_added",
        _C1 + _C2,
        "the channels of conv1 and conv2 are added: only conv2's 16 reach fc",
        "with the channels of both convolutions added",
    ),
    Share(
        "channels_multiplied",
        _C1 * _C2,
        "the channels of conv1 and conv2 are multiplied: only conv2's 16 reach fc",
        "with the channels of both convolutions multiplied",
    ),
    Share(
        "batch_counted",
        BATCH * _C2,
        "the 64 images of a batch are counted in; the batch is not a feature",
        "with the 64 images of a batch counted in",
        cost_combined=1.0,
    ),
    Share(
        "batch_for_channels",
        BATCH,
        "that counts 64 channels, which is the batch size, or the channels of a well-known "
        "example: conv2 gives 16",
        "with 64 channels, as in a well-known example (conv2 gives 16)",
        2.0,
        1.0,
    ),
    Share(
        "outputs_counted",
        CLASSES * _C2,
        "the ten outputs are counted in: these are the weights of fc, not its inputs",
        "with the ten outputs counted in",
    ),
    Share(
        "rgb",
        3 * _C2,
        "three colours are counted in: the image is grey, and conv2 gives 16 channels",
        "with three colours counted in",
    ),
    Share("channels_32", 32, "that counts 32 channels: conv2 gives 16", "with 32 channels"),
    Share("channels_3", 3, "that counts 3 channels: conv2 gives 16", "with 3 channels"),
    Share(
        "outputs_for_channels",
        CLASSES,
        "that counts fc's ten outputs as channels: conv2 gives 16",
        "with ten channels",
    ),
)


SIDE = Cause(
    "side",
    "that is a side of one image or feature map; the layer receives every number of every map",
)


def _forms(channels: int, side: float) -> Iterator[tuple[str, float, str, float]]:
    """Ways to put channels and side together wrongly: id, number, words and cost."""
    right = channels * side * side
    text = "the side is not squared: a map has height and width"
    yield "not_squared", channels * side, text, 1.0
    yield "squared", right**2, "that is a square too many", 1.0
    text = "height and width are added: they multiply"
    yield "sides_added", channels * 2 * side, text, 1.0
    text = "channels and pixels are added: every channel has all of these pixels"
    yield "channels_plus_pixels", channels + side * side, text, 1.0
    yield "all_added", channels + 2 * side, "channels, height and width are added: multiply", 1.2
    yield "cubed", channels * side**3, "the side counts three times: height and width are two", 1.2
    text = "the channels count twice: channels · height · width is asked"
    yield "channels_twice", channels * right, text, 2.0
    text = "a bias belongs to an output: it is no input feature"
    yield "bias_counted", right + 1, text, 1.0
    yield "less_one", right - 1, "that is one too few: every number of every map counts", 1.0
    text = "one bias for each of fc's ten outputs is added: a bias is no input feature"
    yield "biases_counted", right + CLASSES, text, 1.2
    text = "that is the number of fc's parameters, weights and biases, not of its inputs"
    yield "fc_parameters", CLASSES * right + CLASSES, text, 1.0
    text = "the nine weights of a 3×3 kernel are counted in: fc receives maps, not kernels"
    yield "kernel_counted", 9 * right, text, 1.2
    text = "that is twice as many: each number of a map is counted once"
    yield "twice", 2 * right, text, 1.2


def _named() -> Iterator[tuple[str, int, str]]:
    """Quantities of the plan that aren't a number of features: id, number and words."""
    asked = "the layer receives every number of every map"
    yield "kernel_side", 3, f"that is the side of a kernel; {asked}"
    yield "kernel_area", 9, "that is the number of weights in one 3×3 kernel, not of fc's inputs"
    yield "pool_side", 2, f"that is the side of a pool's window; {asked}"
    yield "pool_area", 4, f"that is the number of pixels in a pool's window; {asked}"
    yield "channels_1", _C1, "that is the number of channels after conv1, without their pixels"
    yield "channels_2", _C2, "that is the number of channels after conv2, without their pixels"
    text = "that is what fc puts out, one number for each digit, not what it receives"
    yield "outputs", CLASSES, text
    text = "that is the batch size: the batch is no part of one image's features"
    yield "batch_size", BATCH, text
    text = "that is 8·16, channels times channels: conv2 gives 16 channels, each with its pixels"
    yield "channels_only_multiplied", _C1 * _C2, text
    text = "that is 8+16, channels plus channels: each of conv2's 16 has its pixels"
    yield "channels_only_added", _C1 + _C2, text
    yield "batch_channels", BATCH * _C2, "that is 64·16, images times channels, without any pixels"
    yield "outputs_channels", CLASSES * _C2, "that is 10·16, outputs times channels"
    text = "that is half of the image's side; the layer receives every number of every map"
    yield "half_image", IMAGE_SIDE // 2, text
    for factors, name in _ELSEWHERE.items():
        number = math.prod(map(int, factors.split("·")))
        text = f"that is {factors}, from {name}: count the numbers of this network"
        yield f"known_example_{number}", number, text
    yield "zero", 0, "fc receives some numbers, or it could not tell digits apart"


_ELSEWHERE = {
    "20·4·4": "a well-known example with other layers",
    "50·4·4": "a well-known example with other layers",
    "120": "LeNet",
    "84": "LeNet",
}
"""Numbers of inputs that fc layers have in other networks."""


def _weights() -> Iterator[tuple[str, int, str]]:
    """Numbers of weights, which are no number of features either."""
    for name, number in {"conv1": _C1 * 9, "conv2": _C1 * _C2 * 9}.items():
        text = f"that counts the weights of {name}: fc receives feature maps, not kernels"
        yield f"{name}_weights", number, text
    yield "conv2_area", _C2 * 9, "that is 16·3·3: fc receives feature maps, not kernels"


def feature_guesses(pools: str = "pool_after_each") -> tuple[Guess, ...]:
    """Ways to miss the number of fc's inputs in a variant of SimpleCNN, a key of `POOLS`."""
    return _feature_guesses(pools)


def feature_causes(number: int, pools: str = "pool_after_each") -> list[Cause]:
    """The simplest ways to reach the wrong `number` of fc's inputs; [] if no way is known.

    For q3, q4 and the fc layer of q8: `one_of("q8", feature_causes(takes), "…")` tells them.
    """
    return fitting([number], _feature_guesses(pools))


@cache
def _feature_guesses(pools: str) -> tuple[Guess, ...]:
    base = Plan(POOLS[pools])
    turns = wrong_turns(base.pools)
    found = [Guess(Cause(name, text), (number,), 1.0) for name, number, text in _named()]
    found += [Guess(Cause(name, text), (number,), 2.0) for name, number, text in _weights()]
    paths: list[tuple[Plan, tuple[Turn, ...]]] = [(base, ())]
    for count in (1, 2):
        for some in combinations(turns, count):
            changes = [name for turn in some for name in turn.changes]
            if len(set(changes)) == len(changes):
                plan = replace(base, **{k: v for turn in some for k, v in turn.changes.items()})
                paths.append((plan, some))
    for plan, some in paths:
        found += _last_map(plan, some)
    found += _earlier_maps(base)
    right = _C2 * list(sides(base).values())[-1] ** 2
    return tuple(guess for guess in found if guess.numbers[0] != right)


_USUAL = frozenset(
    {"no_pool", "final_pool_only", "first_pool_only", "rounded_up", "padding_1", "kernel_5"}
)
"""Wrong turns that come in pairs more often than others."""


def _last_map(plan: Plan, turns: Sequence[Turn]) -> Iterator[Guess]:
    """Guesses from the last map of a plan with some wrong turns."""
    side = list(sides(plan).values())[-1]
    if side <= 0:
        return
    ids, cost = [turn.id for turn in turns], sum(turn.cost for turn in turns)
    cost += 0.5 * (len(turns) == 2 and not _USUAL.issuperset(ids))
    for share in SHARES:
        if len(turns) + bool(share.id) > 2 or not (turns or share.id):
            continue
        text = share.alone if not turns else _size_text(side, share, turns)
        name = "+".join(filter(None, [*ids, share.id]))
        extra = share.cost_combined if turns or _is_known_example(plan, share) else share.cost
        yield Guess(Cause(name, text), (_whole(share.factor * side * side),), cost + extra)
    for form, number, text, extra in _forms(_C2, side) if len(turns) < 2 else ():
        if not turns:
            yield Guess(Cause(form, text), (_whole(number),), extra)
        elif form in ("not_squared", "squared", "bias_counted"):
            text = f"it takes the size {_words(turns)}, and {text}"
            name = "+".join([*ids, form])
            yield Guess(Cause(name, text), (_whole(number),), cost + extra + 0.5)
    if len(turns) < 2:
        yield Guess(SIDE, (_whole(side),), max(cost, 1.0))


def _is_known_example(plan: Plan, share: Share) -> bool:
    """64·12·12: the example that many people know has 64 channels and one pool at the end."""
    return share.id == "batch_for_channels" and plan == Plan(POOLS["final_pool"])


def _earlier_maps(base: Plan) -> Iterator[Guess]:
    """Guesses from a map in the middle of the right plan, before conv2."""
    channels = {"image": 1, "conv1": _C1, "the first pool": _C1}
    follows = {"image": " itself", "conv1": "; conv2 follows", "the first pool": "; conv2 follows"}
    for stage, side in sides(base).items():
        yield Guess(SIDE, (_whole(side),), 1.0)
        if stage not in channels:
            continue
        own, size = channels[stage], f"{side:g}·{side:g}"
        what = "the image" if stage == "image" else f"what leaves {stage}"
        name = f"after_{stage.removeprefix('the ').replace(' ', '_')}"
        text = f"that is {size}·{own}, {what}{follows[stage]}"
        yield Guess(Cause(name, text), (_whole(own * side * side),), 1.0)
        if own > 1:
            text = f"that is {size}, one channel of {what}"
            yield Guess(Cause(f"{name}+one_channel", text), (_whole(side * side),), 1.4)
        for share in SHARES:
            if share.factor not in (1, own):
                text = f"that is {size}·{share.factor}, {what} "
                text += share.words or "with the channels of conv2"
                joined = f"{name}+{share.id or 'conv2_channels'}"
                yield Guess(Cause(joined, text), (_whole(share.factor * side * side),), 1.9)
        text = f"that is {side:g}·{own}, {what}, and the side is not squared"
        yield Guess(Cause(f"{name}+not_squared", text), (_whole(own * side),), 2.0)


def _size_text(side: float, share: Share, turns: Sequence[Turn]) -> str:
    factors = [f"{side:g}", f"{side:g}", *([str(share.factor)] if share.factor > 1 else [])]
    words = f"that is {'·'.join(factors)}, the size {_words(turns)}"
    if share.id:
        return f"{words}, {share.words}"
    instead = turns[0].instead if len(turns) == 1 else ""
    return f"{words}; {instead}" if instead else words


def _words(turns: Sequence[Turn]) -> str:
    return " and ".join(turn.words for turn in turns)


def _whole(number: float) -> int | float:
    return int(number) if number == int(number) else number
