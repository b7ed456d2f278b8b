"""Fresh random numbers for each sandbox. Stops: guessing them from another submission's."""

import os
import random
import sys

from autograder.sandbox.policy import Policy

FOR_LIBRARIES = "autograder.inside.for_"


def reseed(policy: Policy) -> None:
    """Else every sandbox would draw the same random numbers as the zygote and all others.

    The modules `autograder.inside.for_<library>` do so for their libraries, and tell them their
    number of threads. The zygote calls this, too: what libraries do the first time then takes no
    sandbox any time.
    """
    random.seed(os.urandom(32))
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(list(os.urandom(32)))
    for name in policy.preload:
        if name.startswith(FOR_LIBRARIES) and (module := sys.modules.get(name)):
            reseed_library = getattr(module, "reseed", None)
            if callable(reseed_library):
                reseed_library(policy.device, policy.threads)
