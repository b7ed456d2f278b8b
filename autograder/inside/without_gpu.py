"""For graders without a GPU: what asks for one gets the CPU, and it is noted where that stands.

A notebook written on a computer with a GPU may say `.cuda()` or `device="cuda"`. Only the functions
that can ask for a device are replaced, never each operation's dispatch: computing costs nothing
more. Other devices stay what they are, so that a check can still see, on torch's meta device,
whether a function uses the device that it was given.
"""

import inspect
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

import torch

from autograder.inside.shell import CELL

GPUS = ("cuda", "mps")
MAKERS = (
    "arange as_tensor asarray empty empty_like eye full full_like linspace logspace ones ones_like "
    "rand rand_like randint randint_like randn randn_like randperm tensor zeros zeros_like"
)
"""Functions of torch that take `device=`; layers and most other functions are built on these."""
METHODS = "new_empty new_full new_ones new_tensor new_zeros to"
ANSWERS = {
    "current_device": 0,
    "get_device_name": "CPU",
    "init": None,
    "reset_peak_memory_stats": None,
    "set_device": None,
    "synchronize": None,
}
"""Functions of `torch.cuda` that raise without a GPU, and what they give instead."""

_Device = torch.device
_asked: set[int] = set()


def before_fork() -> None:
    """Replaces what can ask for a GPU, in this process and in all that are forked from it."""
    with torch.device("cpu"):  # makes torch remember which functions this acts on, by identity
        torch.empty(0)
    for name in MAKERS.split():
        setattr(torch, name, _on_cpu(getattr(torch, name)))
    for name in METHODS.split():
        setattr(torch.Tensor, name, _on_cpu(getattr(torch.Tensor, name)))
    setattr(torch.Tensor, "cuda", _cuda)  # noqa: B010 the parameters have other names
    # Lazy layers know by identity what may be done before their shape is known.
    lazy: Any = torch.nn.UninitializedParameter
    lazy._allowed_methods.extend([torch.Tensor.to, torch.Tensor.cuda])
    torch.device = _stand_in(torch.device)
    torch.Generator = _stand_in(torch.Generator)
    torch.serialization.register_package(0, lambda _storage: None, _loaded)
    for name, answer in ANSWERS.items():
        setattr(torch.cuda, name, _answering(answer))


def take() -> list[int]:
    """Under which numbers those cells were run that have asked for a GPU; starts anew."""
    found = sorted(_asked)
    _asked.clear()
    return found


def _here(device: Any) -> Any:
    """The device to use for `device`; any other value is given back."""
    is_gpu = (
        (isinstance(device, str) and device.partition(":")[0] in GPUS)
        or (isinstance(device, _Device) and device.type in GPUS)
        or type(device) is int  # the number of a GPU
    )
    if not is_gpu:
        return device
    _note()
    return "cpu"


def _note() -> None:
    """Notes the cell in whose code the GPU is asked for."""
    for frame, _ in traceback.walk_stack(inspect.currentframe()):
        file = frame.f_code.co_filename
        if file.startswith(CELL):
            _asked.add(int(file.removeprefix(CELL).partition("-")[0]))
            return


def _on_cpu(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, which gets the CPU where its keyword `device` names a GPU, or `to` does."""
    is_move = function is torch.Tensor.to

    @wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        if "device" in keywords:
            keywords["device"] = _here(keywords["device"])
        elif is_move and len(arguments) > 1:
            arguments = (arguments[0], _here(arguments[1]), *arguments[2:])
        return function(*arguments, **keywords)

    return call


def _cuda(tensor: torch.Tensor, *_arguments: Any, **_keywords: Any) -> torch.Tensor:
    _note()
    return tensor.to("cpu")


class _StandIn(type):
    """The type of a class that makes objects of another one; these count as its own."""

    original: type

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        named = arguments[0] if arguments else keywords.get("device", keywords.get("type"))
        if _here(named) is named:
            return cls.original(*arguments, **keywords)
        return cls.original("cpu")  # and not the number of a GPU that may follow

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.original)


def _stand_in(original: type) -> Any:
    """In the place of a class of torch's that cannot be subclassed."""
    names = {"original": original, "__doc__": original.__doc__, "__module__": original.__module__}
    return _StandIn(original.__name__, (), names)


def _loaded(storage: Any, location: str) -> Any:
    """For `torch.load`: what was saved on a GPU, or is to go there, stays on the CPU."""
    if _here(location) is location:
        return None
    return storage


def _answering(answer: Any) -> Callable[..., Any]:
    def call(*_arguments: Any, **_keywords: Any) -> Any:
        _note()
        return answer

    return call
