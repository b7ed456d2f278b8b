"""What many tests of judging start with."""

from collections.abc import Iterator

import pytest

from autograder.course.build.products import ensure_built
from autograder.judge.engine import Engine
from autograder.judge.start import open_engine
from tests.support.assignments import LESSON


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Yield an engine of the lesson, as it grades where there is no GPU."""
    with open_engine(LESSON.course, ensure_built(LESSON), "cpu", seed=1) as opened:
        yield opened
