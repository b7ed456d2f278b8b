"""What serves a sandbox asks this for GPUs; `without_gpu` answers where it is preloaded."""

from typing import Protocol


class Answers(Protocol):
    """What is asked."""

    def asks(self, source: str) -> bool: ...
    def wake(self) -> bool: ...
    def missed(self) -> bool: ...
    def take(self) -> list[int]: ...


class _Nobody:
    def asks(self, source: str) -> bool:
        return False

    def wake(self) -> bool:
        return False

    def missed(self) -> bool:
        return False

    def take(self) -> list[int]:
        return []


_answers: list[Answers] = [_Nobody()]


def use(answers: Answers) -> None:
    """Let `answers` answer from now on."""
    _answers[0] = answers


def asks(source: str) -> bool:
    """Tell whether the source of a cell names a GPU."""
    return _answers[0].asks(source)


def wake() -> bool:
    """Catch what asks for a GPU from now on; tell whether that is new."""
    return _answers[0].wake()


def missed() -> bool:
    """Tell whether code has missed a GPU since the last call."""
    return _answers[0].missed()


def take() -> list[int]:
    """Return the numbers of the cells that have asked for a GPU, and clear them."""
    return _answers[0].take()
