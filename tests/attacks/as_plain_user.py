"""Prints the tier and the layers that a plain user gets; its argument is the tier wanted."""

import sys

from sandbox_helpers import small_policy

from autograder.sandbox.launch import Zygote

if __name__ == "__main__":
    with Zygote(small_policy(sys.argv[1])) as zygote:
        print(zygote.tier)
        for layer in zygote.layers():
            print(layer.state, layer.name)
