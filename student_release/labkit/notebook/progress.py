"""How training is getting on: a progress bar and a learning curve that grows.

    with progress.LiveCurve(expected=1000) as curve:
        for step in progress.batches(range(1000)):
            curve.add(loss(x, y, slope, intercept))

`LiveCurve(criterion)` is the criterion itself, so that a training function needs no change. While
grading, and where neither a notebook nor a terminal is watching, both pass everything through and
show nothing.
"""

from __future__ import annotations

import html
import math
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from labkit.notebook.canvas import Picture, render
from labkit.notebook.curve import curve_line, draw_learning_curve, loss_values
from labkit.notebook.inputs import CannotDraw
from labkit.notebook.say import say
from labkit.notebook.screen import grading, in_notebook

SECONDS_BETWEEN_BARS = 0.2
SECONDS_BETWEEN_CURVES = 1.0
LARGEST_SHARE_OF_TIME = 0.1  # drawing may take this much of the time that passes
BAR_LENGTH = 30


def batches(loader: Any, label: str = "training") -> Batches:
    """`loader` with a progress bar for each pass; everything else of it stays as it is."""
    return Batches(loader, label)


class Batches:
    """A loader that shows how far each pass over it has come."""

    def __init__(self, loader: Any, label: str) -> None:
        self.loader, self.label = loader, label

    def __len__(self) -> int:
        return len(self.loader)

    def __iter__(self) -> Iterator[Any]:
        screen = screen_for_watchers()
        if screen is None:
            yield from self.loader
            return
        total = length_of(self.loader)
        pace = Pace(SECONDS_BETWEEN_BARS)
        start, done = time.monotonic(), 0
        screen.bar(self.label, 0, total, 0.0)
        try:
            for batch in self.loader:
                yield batch
                done += 1
                if pace.is_due():
                    with pace:
                        screen.bar(self.label, done, total, time.monotonic() - start)
        finally:
            screen.bar(self.label, done, total, time.monotonic() - start)
            screen.end_bar()

    def __getattr__(self, name: str) -> Any:
        if name == "loader":  # not set yet, as while unpickling
            raise AttributeError(name)
        return getattr(self.loader, name)


class LiveCurve:
    """A loss function that remembers its losses and draws the learning curve as they come in.

    Use it as the criterion itself, or call `add(loss)` after each batch. `expected` is the number
    of batches to come, if known: it fixes the length of the axis. `losses` holds the numbers.
    """

    newest: ClassVar[LiveCurve | None] = None
    """The one that was made last: the feedback shows its curve, whatever its name is."""
    made_with: ClassVar[str] = "as LiveCurve(criterion)"
    """How it gets a criterion, in words."""

    def __init__(
        self, criterion: Callable[..., Any] | None = None, expected: int | None = None
    ) -> None:
        self.criterion, self.expected = criterion, expected
        self._seen: list[Any] = []
        self._screen = screen_for_watchers()
        self._pace = Pace(SECONDS_BETWEEN_CURVES)
        LiveCurve.newest = self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The criterion's loss, remembered; losses of evaluation are not."""
        if self.criterion is None:
            raise TypeError(
                "this LiveCurve has no loss function. Make it with one, "
                f"{self.made_with}, or call add(loss)."
            )
        loss = self.criterion(*args, **kwargs)
        if self.is_training():
            self.add(loss)
        return loss

    def is_training(self) -> bool:
        """Whether a loss that is computed now belongs to the training."""
        return True

    def kept(self, loss: Any) -> Any:
        """Return what is remembered of a loss: something that `float` takes."""
        return float(loss)

    def add(self, loss: Any) -> None:
        """Remember one batch's loss: whatever holds one number."""
        self._seen.append(self.kept(loss))
        if isinstance(self._screen, NotebookScreen) and self._pace.is_due():
            with self._pace:
                self._draw(self._screen)

    @property
    def losses(self) -> list[float]:
        """The loss of every batch so far. Reading it waits for the device."""
        self._seen = [float(loss) for loss in self._seen]
        return [float(loss) for loss in self._seen]

    def finish(self) -> None:
        """Draw the last state and print it as a sentence (only the sentence while grading)."""
        if not self._seen:
            say("No losses were recorded.")
            return
        if isinstance(self._screen, NotebookScreen):
            self._draw(self._screen)
        say(self._sentence())

    def __enter__(self) -> LiveCurve:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def __getattr__(self, name: str) -> Any:
        if name == "criterion" or self.criterion is None:
            raise AttributeError(f"LiveCurve has no attribute {name!r}")
        return getattr(self.criterion, name)

    def _sentence(self) -> str:
        try:
            return curve_line(loss_values(self.losses))
        except CannotDraw as reason:
            return f"Learning curve: {reason}"

    def _draw(self, screen: NotebookScreen) -> None:
        sentence = self._sentence()
        finite = [loss for loss in self.losses if math.isfinite(loss)]
        if not finite:
            return
        values = loss_values(finite)
        screen.curve(
            render(
                lambda: draw_learning_curve(values, self.expected),
                alt=f"Learning curve, batch by batch with its running mean. {sentence}",
            )
        )


class Pace:
    """Says when something may be drawn again: not too often, and never for long.

    The wait grows with the time that drawing takes, so that training is slowed down by a tenth at
    most.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.next = time.monotonic() + seconds
        self._began = 0.0

    def is_due(self) -> bool:
        return time.monotonic() >= self.next

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        now = time.monotonic()
        self.next = now + max(self.seconds, (now - self._began) / LARGEST_SHARE_OF_TIME)


def length_of(loader: Any) -> int | None:
    """The number of batches, or None for a loader that cannot tell."""
    try:
        return len(loader)
    except TypeError:
        return None


def bar_text(label: str, done: int, total: int | None, seconds: float) -> str:
    """The progress in words and numbers: training: 120 of 313 batches (38 %), 4 s left."""
    if not total:
        return f"{label}: {done} batches in {seconds:.0f} s"
    share = f"{label}: {done} of {total} batches ({100 * done / total:.0f} %)"
    if done >= total:
        return f"{share}, {seconds:.1f} s"
    return f"{share}, {seconds / done * (total - done):.0f} s left" if done else share


class NotebookScreen:
    """Bars and curves in a notebook's output, each updated in place."""

    def __init__(self) -> None:
        self._handles: dict[str, Any] = {}

    def bar(self, label: str, done: int, total: int | None, seconds: float) -> None:
        words = html.escape(bar_text(label, done, total, seconds))
        size = f'max="{total}" value="{done}"' if total else ""
        self._put("bar", f'<progress {size} aria-hidden="true"></progress> {words}', words)

    def end_bar(self) -> None:
        self._handles.pop("bar", None)

    def curve(self, picture: Picture) -> None:
        self._put("curve", picture.html(), picture.alt)

    def _put(self, name: str, page: str, words: str) -> None:
        from IPython.display import display

        forms = {"text/html": page, "text/plain": words}
        if name in self._handles:
            self._handles[name].update(forms, raw=True)
        else:
            self._handles[name] = display(forms, raw=True, display_id=True)


class TerminalScreen:
    """Bars on one line of the terminal's error stream; a terminal shows no curves."""

    def bar(self, label: str, done: int, total: int | None, seconds: float) -> None:
        filled = BAR_LENGTH * done // total if total else 0
        bar = "#" * filled + "." * (BAR_LENGTH - filled)
        print(f"\r[{bar}] {bar_text(label, done, total, seconds)}   ", end="", file=sys.stderr)

    def end_bar(self) -> None:
        print(file=sys.stderr)


def screen_for_watchers() -> NotebookScreen | TerminalScreen | None:
    """Where progress can be seen; None while grading and where nobody watches."""
    if grading():
        return None
    if in_notebook():
        return NotebookScreen()
    return TerminalScreen() if sys.stderr is not None and sys.stderr.isatty() else None
