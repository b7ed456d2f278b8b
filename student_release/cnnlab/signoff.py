"""The acknowledgement at the end of the lesson, with the version of torch."""

from labkit.notebook import signoff as shared

ASSIGNMENT = "cnn-assignment-kit/convolutional-neural-networks"


def signoff(name: str = "Anonymous") -> None:
    """Show the acknowledgement, signed with `name`."""
    shared.signoff(name, assignment=ASSIGNMENT, more=[f"torch: {torch_words()}"])


def torch_words() -> str:
    """Version of torch, and the device that it would compute on."""
    try:
        import torch

        from cnnlab.device import pick

        return f"{torch.__version__}, computing on {pick().type}"
    except (ImportError, OSError, RuntimeError) as problem:
        return f"not usable ({type(problem).__name__})"
