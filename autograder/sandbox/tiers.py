"""How much isolation this machine allows, from all of it to hardly any."""

import os
import sys
from enum import IntEnum

from autograder.sandbox.policy import Policy, SandboxUnavailable


class Tier(IntEnum):
    """A set of layers that work together, strongest first."""

    ROOT_NAMESPACES = 1
    USER_NAMESPACES = 2
    CONTAINER = 3
    ONE_USER = 4
    PROCESS = 5

    @property
    def description(self) -> str:
        """What it consists of."""
        return _WORDS[self]

    @property
    def words(self) -> str:
        """Number and description."""
        return f"{self.value}: {self.description}"

    @property
    def namespaces(self) -> bool:
        return self <= Tier.USER_NAMESPACES

    @property
    def own_user(self) -> bool:
        """Each sandbox runs as a user of its own."""
        return self in (Tier.ROOT_NAMESPACES, Tier.CONTAINER)

    @property
    def fork(self) -> bool:
        """Student code may start processes: all of them can be found and killed, or none can be
        stopped from starting (5)."""
        return self is not Tier.ONE_USER

    @property
    def linux(self) -> bool:
        """Landlock, seccomp, capabilities and process control exist."""
        return self is not Tier.PROCESS


_WORDS = {
    Tier.ROOT_NAMESPACES: "namespaces, as root",
    Tier.USER_NAMESPACES: "namespaces, as a plain user",
    Tier.CONTAINER: "a user of its own, without namespaces",
    Tier.ONE_USER: "the same user, without namespaces",
    Tier.PROCESS: "process split only",
}


def candidates(policy: Policy) -> tuple[Tier, ...]:
    """The tiers to try, best first. Raises `SandboxUnavailable` when the policy asks in vain."""
    if not sys.platform.startswith("linux"):
        if policy.tier in ("auto", "plain"):
            return (Tier.PROCESS,)
        raise SandboxUnavailable(
            f"Isolation tier '{policy.tier}' needs Linux; this is {sys.platform}. "
            "Grade on Linux, or take tier 'plain' for practice."
        )
    root = os.geteuid() == 0
    named = {
        "namespaces": Tier.ROOT_NAMESPACES if root else Tier.USER_NAMESPACES,
        "container": Tier.CONTAINER,
        "plain": Tier.ONE_USER,
    }
    if policy.tier == "container" and not root:
        raise SandboxUnavailable(
            "Isolation tier 'container' gives every submission a user of its own, which only root "
            "can do. Run as root, or take tier 'auto'."
        )
    if policy.tier != "auto":
        return (named[policy.tier],)
    fallback = Tier.CONTAINER if root else Tier.ONE_USER
    return (named["namespaces"], fallback)
