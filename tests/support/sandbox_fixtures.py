"""Fixtures for tests with real sandboxes: one zygote a tier, a fresh sandbox a test."""

from collections.abc import Iterator

import pytest

from autograder.sandbox.launch import Sandbox, Zygote
from tests.support.sandbox_helpers import TIERS, small_policy


@pytest.fixture(scope="module", params=TIERS)
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    """A zygote at each tier that root has."""
    with Zygote(small_policy(request.param)) as started:
        yield started


@pytest.fixture
def sandbox(zygote: Zygote) -> Iterator[Sandbox]:
    """A fresh sandbox."""
    spawned = zygote.spawn()
    yield spawned
    spawned.close()
