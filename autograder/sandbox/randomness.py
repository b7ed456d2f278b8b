"""Fresh random numbers for each sandbox. Stops: guessing them from another submission's."""

import os
import random
import sys

from autograder.sandbox.policy import Policy


def reseed(policy: Policy) -> None:
    """Else every sandbox would draw the same random numbers as the zygote and all others.

    Also tells torch its number of threads. The zygote calls this, too: what the libraries do the
    first time then takes no sandbox any time.
    """
    random.seed(os.urandom(32))
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(list(os.urandom(32)))
    if torch := sys.modules.get("torch"):
        # The one for all devices takes 3 ms, which are for nothing where there are no others.
        seed = torch.manual_seed if policy.device == "cuda" else torch.default_generator.manual_seed
        seed(int.from_bytes(os.urandom(7), "little"))
        torch.set_num_threads(policy.threads)
