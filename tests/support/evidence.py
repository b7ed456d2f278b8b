"""Evidence of each kind, as checks record it."""

from collections.abc import Callable
from typing import Any

from labkit import evidence
from labkit.run import running

DIGITS = [str(digit) for digit in range(10)]


def recorded(*shows: Callable[[], None]) -> dict[str, Any]:
    """Return what a check records that calls `shows`."""
    found: dict[str, Any] = {}
    with running(shown=found):
        for show in shows:
            show()
    return found


def shapes(expected: list[int], got: list[int], **more: Any) -> dict[str, Any]:
    return recorded(lambda: evidence.show_shapes("shapes", expected, got, **more))["shapes"]


def confusions(counts: list[list[float]], words: str = "Your model read 95 %.") -> dict[str, Any]:
    """What a check records that counts which digit is read as which."""

    def show() -> None:
        names = DIGITS[: len(counts)]
        evidence.show_table(
            "confusion",
            counts,
            words,
            title="confusion matrix",
            rows=("true digit", names),
            columns=("read as", names),
            counts=True,
        )
        right = sum(row[place] for place, row in enumerate(counts))
        share = 100 * right / sum(map(sum, counts))
        evidence.show_number("accuracy", share, title="Accuracy", unit="%", of="of the digits")

    return recorded(show)


def curve(values: list[float], words: str = "From 2.30 to 0.22.", **more: Any) -> dict[str, Any]:
    named: dict[str, Any] = {"title": "learning curve", "x": "batch", "y": "loss", **more}
    return recorded(lambda: evidence.show_curve("curve", values, words, **named))["curve"]


def _images() -> None:
    digit = [[row / 28] * 28 for row in range(28)]
    maps = {f"map {number}": [[number / 8] * 26] * 26 for number in range(1, 9)}
    words = "A digit of 28×28 pixels and its maps."
    evidence.show_images(
        "feature_maps", {"digit": digit, **maps}, words, title="a digit and its feature maps"
    )


PICTURES: dict[str, Any] = {
    "shapes": shapes([3, 4], [5, 8]),
    **recorded(_images),
    "learning_curve": curve([0.2 + 2.1 * 0.98**batch for batch in range(235)], noisy=True),
    "confusion": confusions(
        [[50.0 * (row == column) for column in range(10)] for row in range(10)]
    )["confusion"],
}
"""Evidence of each kind that is drawn."""
