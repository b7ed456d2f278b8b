"""For graders without a GPU: what asks for one computes on the CPU, and its cell is noted.

Torch stays torch: none of its functions and classes is replaced for a notebook that asks for no
GPU, and nothing costs such a notebook any time. `wake` is called for a cell whose text names a GPU,
and after an error that says that there is none. From then on a function that fails for want of a
GPU is called once more with every device that isn't there exchanged for the CPU: the error is
caught as a kind, so it does not matter which function it was or how it was asked. What never passes
through torch's functions (`torch.cuda.Event`, …) gets stand-ins from `gpu_stand_ins`.

Other devices stay what they are, so that a check can still see, on torch's meta device, whether a
function uses the device that it was given.
"""

import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, cast

import torch
from torch.overrides import TorchFunctionMode
from torch.utils import _device

from autograder.inside import absent, gpu_stand_ins, gpu_watch, notes

PRESENT = ("cpu", "meta")
_NAMED = re.compile(r"\b(cuda|mps|xpu|accelerator)\b")
_CHOOSES = re.compile(r"^\s*#|is_available|device_count")
_asked: set[int] = set()
_missed: list[bool] = []
_awake: list["_OnCpu"] = []
_Tensor: Any = torch.Tensor
_cuda: Any = torch.cuda
_SENT = tuple(
    getattr(_Tensor, name) for name in ("cuda", "xpu", "ipu", "hpu") if hasattr(_Tensor, name)
)
"""Methods that send a tensor to a device of their name."""
_leaf: Any = torch._C  # pyright: ignore[reportPrivateUsage] what the public function ends in


def before_fork() -> None:
    """Make ready what raises no error that could be caught, in this and all forked processes."""
    absent.watched.append(True)
    gpu_watch.use(sys.modules[__name__])  # pyright: ignore[reportArgumentType] it has these functions
    torch.serialization.register_package(0, lambda _storage: None, _loaded)
    set_type = cast("Callable[[Any], None]", _leaf._set_default_tensor_type)
    start = cast("Callable[[], None]", _cuda._lazy_init)

    def set_default_tensor_type(kind: Any) -> None:
        set_type(_present(kind))

    def lazy_init() -> None:
        _missed.append(True)
        start()

    _leaf._set_default_tensor_type = set_default_tensor_type
    _cuda._lazy_init = lazy_init  # every first use of a GPU comes by here


def take() -> list[int]:
    """Return the numbers of the cells that have asked for a GPU, and clear them."""
    found = sorted(_asked)
    _asked.clear()
    return found


def asks(source: str) -> bool:
    """Tell whether `source` names a GPU in a line that does not first look whether there is one."""
    lines = (line for line in source.splitlines() if _NAMED.search(line))
    return any(not _CHOOSES.search(line) for line in lines)


def wake() -> bool:
    """Catch what asks for a GPU from now on. False if that was so before, or there may be one."""
    if _awake or not absent.watched:
        return False
    mode = _OnCpu()
    mode.__enter__()  # on this thread, where all student code is run, until the process ends
    _awake.append(mode)
    gpu_stand_ins.install(note)
    return True


def note() -> None:
    """Note the cell in whose code a GPU is asked for."""
    if number := notes.place()[0]:
        _asked.add(number)


def missed() -> bool:
    """Tell whether code has asked for a GPU and got an error since the last call; start anew."""
    found = bool(_missed)
    _missed.clear()
    return found


class _OnCpu(TorchFunctionMode):
    """Calls what failed for want of a GPU again, on the CPU."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        keywords: dict[str, Any] = kwargs or {}
        try:
            return func(*args, **keywords)
        except Exception as error:
            if not absent.no_gpu(error) and not _has_stand_in(args, keywords):
                raise
        note()
        try:
            return _on_cpu(func, args, keywords)
        except Exception as error:
            if absent.no_gpu(error):
                notes.add("gpu")
            raise


def _on_cpu(func: Any, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
    if func in _SENT:
        return _Tensor.to(args[0], "cpu")
    if func is _Tensor.pin_memory:
        return args[0]
    numbers = func is _Tensor.to  # a whole number is a GPU's there, and a size elsewhere
    args = (*args[:1], *(_present(each, numbers) for each in args[1:]))
    keywords = {name: _present(value, name == "device") for name, value in keywords.items()}
    keywords.pop("pin_memory", None)
    if keywords.get("device") is None and _makes_tensors(func) and not _default_is_present():
        keywords["device"] = "cpu"
    return func(*args, **keywords)


def _makes_tensors(func: Any) -> bool:
    return func in _device._device_constructors()  # pyright: ignore[reportPrivateUsage] its own list


def _default_is_present() -> bool:
    default = _device.CURRENT_DEVICE
    return default is None or default.type in PRESENT


def _present(value: Any, numbers: bool = False) -> Any:
    """Return the CPU or its type for a device or type that isn't here; else `value`."""
    if isinstance(value, torch.device):
        return value if value.type in PRESENT else torch.device("cpu")
    if isinstance(value, str):
        return _present_text(value)
    if numbers and type(value) is int:
        return "cpu"
    if isinstance(value, type) and getattr(value, "__module__", "") == "torch.cuda":
        note()
        return getattr(torch, value.__name__, value)
    return value


def _present_text(text: str) -> str:
    if text.startswith("torch.cuda."):
        return text.replace("cuda.", "", 1)
    try:
        return text if torch.device(text).type in PRESENT else "cpu"
    except RuntimeError:  # the name of something else
        return text


def _has_stand_in(args: tuple[Any, ...], keywords: Mapping[str, Any]) -> bool:
    return any(isinstance(each, gpu_stand_ins.Replaced) for each in (*args, *keywords.values()))


def _loaded(storage: Any, location: str) -> Any:
    """For `torch.load`: what was saved on a GPU, or is to go there, stays on the CPU."""
    if _present_text(location) == location:
        return None
    note()
    return storage
