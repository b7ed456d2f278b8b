"""A sandbox that was started ahead of need is as good as one that was asked for, or not given."""

import threading

from autograder.sandbox.ahead import Ahead
from autograder.sandbox.launch import Sandbox, Zygote
from autograder.sandbox.policy import SandboxUnavailable
from tests.support.sandbox_helpers import linux_root, places_of, small_policy
from tests.support.sandbox_probe import ask

pytestmark = linux_root


def waiting(zygote: Zygote) -> Sandbox:
    """The sandbox that nobody has taken yet."""
    assert zygote._ahead is not None and zygote._ahead._next is not None
    return zygote._ahead._next.result()


def test_the_next_sandbox_waits_for_the_next_submission():
    with Zygote(small_policy("namespaces"), ahead=True) as zygote, zygote.spawn() as first:
        ready = waiting(zygote)
        with zygote.spawn() as second:
            assert second is ready is not first
            assert ask(first.channel, "x = 1; seen = 2") == 2
            assert ask(second.channel, "seen = 'x' in globals()") is False


def test_closing_ends_the_sandbox_that_nobody_took():
    with Zygote(small_policy("container"), ahead=True) as zygote:
        zygote.spawn().close()
        left = waiting(zygote)
        places = places_of(left)
        assert all(place.exists() for place in places)
    assert not left.running
    assert [place for place in places if place.exists()] == []


def test_a_sandbox_that_has_ended_while_it_waited_is_not_given():
    with Zygote(small_policy("namespaces"), ahead=True) as zygote:
        zygote.spawn().close()
        dead = waiting(zygote)
        dead.kill()
        dead.wait(10)
        with zygote.spawn() as given:
            assert given is not dead
            assert ask(given.channel, "seen = 3") == 3


def test_a_sandbox_that_could_not_be_started_ahead_is_tried_again():
    with Zygote(small_policy("namespaces")) as zygote:
        failed: list[bool] = []

        def spawn() -> Sandbox:
            if threading.current_thread() is not threading.main_thread() and not failed:
                failed.append(True)
                raise SandboxUnavailable("there is no memory just now")
            return zygote.spawn()

        ahead = Ahead(spawn, spawn)
        ahead.take().close()
        with ahead.take() as given:
            assert ask(given.channel, "seen = 4") == 4
        assert failed
        ahead.close()
