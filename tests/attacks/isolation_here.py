"""Prints what isolation this process can give: tier, layers, what becomes of a memory bomb.

Its argument is the tier wanted. Started by tests with fewer rights than they have themselves.
"""

import sys

from autograder.sandbox.launch import Zygote
from tests.support.sandbox_helpers import MEMORY_BOMB, small_policy
from tests.support.sandbox_probe import Refused, SandboxEnded, ask

if __name__ == "__main__":
    with Zygote(small_policy(sys.argv[1])) as zygote:
        print(zygote.tier)
        for layer in zygote.layers():
            print(layer.state, layer.name)
        with zygote.spawn() as sandbox:
            try:
                ask(sandbox.channel, MEMORY_BOMB)
            except SandboxEnded:
                print("out of memory" if sandbox.wait(10).out_of_memory else "crashed")
            except Refused as error:
                print(error)
