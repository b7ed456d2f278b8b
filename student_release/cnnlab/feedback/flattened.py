"""Guess how a wrong number of fc inputs was reached (q3, q4, and the fc layer of q8).

The number is channels · side · side of the last feature map. A guess follows the plan with one or
two wrong turns: another rounding, padding, kernel or stride, a pool too few or too many, the
channels of another layer, the batch counted in, a side not squared.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations

from cnnlab.feedback.fc_slips import BATCH, C1, C2, SHARES, Share, forms, named, weights
from cnnlab.feedback.plans import POOLS, Plan, Turn, sides, wrong_turns
from cnnlab.feedback.wrong_numbers import Guess, fitting
from labkit.diagnosis import Cause

FAR_FETCHED = 3.4
"""What costs more explains a number only by chance."""
SIDE = Cause(
    "side",
    "that is a side of one image or feature map; the layer receives every number of every map",
)


def feature_guesses(pools: str = "pool_after_each") -> tuple[Guess, ...]:
    """Ways to miss the number of fc's inputs in a variant of SimpleCNN, a key of `POOLS`."""
    right = features(pools)
    return tuple(
        guess
        for guess in _feature_guesses(pools)
        if guess.numbers[0] != right and guess.cost <= FAR_FETCHED
    )


def features(pools: str) -> float:
    """The right number of fc's inputs in a variant."""
    return C2 * list(sides(Plan(POOLS[pools])).values())[-1] ** 2


def feature_causes(number: int, pools: str = "pool_after_each") -> list[Cause]:
    """The simplest ways to reach the wrong `number` of fc's inputs; [] if no way is known.

    For q3, q4 and the fc layer of q8: `one_of("q8", feature_causes(takes), "…")` tells them.
    """
    return fitting([number], feature_guesses(pools))


def causes_of_all(numbers: Mapping[str, int]) -> frozenset[str]:
    """The ids of the mistakes that lead to each of `numbers`, one for each variant."""
    ids = [
        {
            guess.cause.id
            for guess in _feature_guesses(pools)
            if guess.numbers[0] == number and guess.cost <= 2
        }
        for pools, number in numbers.items()
    ]
    return frozenset[str].intersection(*map(frozenset, ids)) if ids else frozenset()


@cache
def _feature_guesses(pools: str) -> tuple[Guess, ...]:
    base = Plan(POOLS[pools])
    turns = wrong_turns(base.pools)
    found = [Guess(Cause(name, text), (number,), 1.0) for name, number, text in named()]
    found += [Guess(Cause(name, text), (number,), 2.0) for name, number, text in weights()]
    text = "that is 64·16, images times channels, without any pixels"
    found.append(Guess(Cause("batch_channels", text), (BATCH * C2,), 1.2))
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
    return tuple(found)


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
    for form, number, text, extra in forms(C2, side) if len(turns) < 2 else ():
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
    channels = {"image": 1, "conv1": C1, "the first pool": C1}
    side = list(sides(replace(base, convolutions=(False, False))).values())[-1]
    text = f"that is {side:g}·{side:g}, the image after the pools: no convolution"
    yield Guess(Cause("image_pooled", text), (_whole(side * side),), 2.0)
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
