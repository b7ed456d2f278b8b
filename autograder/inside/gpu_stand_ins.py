"""Stand-ins for what of `torch.cuda` and its siblings needs a GPU and takes no tensor.

They are installed once a notebook asks for a GPU that isn't there. Whatever fails there is answered
with a harmless nothing; where a number or a text is expected, with one that code can go on with.
"""

import os
import time
from collections.abc import Callable, Iterator
from functools import wraps
from types import FunctionType, ModuleType
from typing import Any

import torch

MODULES: tuple[Any, ...] = (torch.cuda, torch.mps, torch.xpu, torch.accelerator)
ANSWERS: dict[str, Callable[[], Any]] = {
    "current_device": lambda: 0,
    "current_device_index": lambda: 0,
    "get_device_name": lambda: "CPU",
    "get_device_capability": lambda: (0, 0),
    "get_device_properties": lambda: Properties(),
    "mem_get_info": lambda: (_memory(), _memory()),
    "memory_summary": lambda: "",
    "get_rng_state": torch.get_rng_state,
    "get_rng_state_all": lambda: [],
    "initial_seed": torch.initial_seed,
}
"""What is expected to be of some type, by the function's name."""
SILENT = ("set_", "reset_", "init", "synchronize", "empty_", "ipc_", "manual_", "seed", "recommend")
"""How functions begin that return nothing."""


class Nothing(float):
    """The number 0 that is also an empty list, a function and a context: whatever is asked."""

    def __new__(cls, *_arguments: Any, **_keywords: Any) -> "Nothing":
        return super().__new__(cls, 0.0)

    def __init__(self, *_arguments: Any, **_keywords: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()

    def __call__(self, *_arguments: Any, **_keywords: Any) -> Any:
        return Nothing()

    def __enter__(self) -> "Nothing":
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __getitem__(self, _key: Any) -> "Nothing":
        return Nothing()

    def __index__(self) -> int:
        return 0

    def __format__(self, form: str) -> str:
        try:
            return format(0.0, form)
        except ValueError:
            return format(0, form)


class Properties(Nothing):
    """What `get_device_properties` tells of the CPU."""

    name = "CPU"

    @property
    def total_memory(self) -> int:
        return _memory()


class Event(Nothing):
    """Times what runs between two of its kind, as `torch.cuda.Event` does."""

    at = 0.0

    def record(self, *_arguments: Any) -> None:
        self.at = time.perf_counter()

    def elapsed_time(self, end: "Event") -> float:
        return 1000 * (end.at - self.at)

    def query(self) -> bool:
        return True


class Replaced(type):
    """The type of a class that stands for `original`, which needs a GPU."""

    original: Any
    asked: Callable[[], None]

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        cls.asked()
        return cls.original(*arguments, **keywords)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.original)


class _Generator(Replaced):
    """Makes generators of random numbers, on the CPU where another device is asked for."""

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        named: Any = arguments[0] if arguments else keywords.get("device", "cpu")
        if torch.device(named).type in ("cpu", "meta"):
            return cls.original(*arguments, **keywords)
        cls.asked()
        return cls.original("cpu")


def install(asked: Callable[[], None]) -> None:
    """Put the stand-ins in place; they call `asked` when they are used."""
    for module in MODULES:
        contents: dict[str, Any] = module.__dict__.copy()
        for name, value in contents.items():
            if name.startswith("_") or name in ("is_available", "device_count"):
                continue
            if stand_in := _for(module, name, value, asked):
                setattr(module, name, stand_in)
    torch.Generator = _replaced(_Generator, torch.Generator, "torch", asked)
    for storage in (torch.UntypedStorage, torch.TypedStorage):
        storage.cuda = _staying(asked)


def _for(module: ModuleType, name: str, value: Any, asked: Callable[[], None]) -> Any:
    """Return the stand-in for `value`, or None for what works without a GPU."""
    if isinstance(value, type):
        if name.endswith("Tensor") and hasattr(torch, name):
            return _replaced(Replaced, getattr(torch, name), module.__name__, asked)
        if name == "Event":
            return _replaced(Replaced, Event, module.__name__, asked)
        ours = value.__module__.startswith(("torch.cuda", "torch._C", "torch.mps", "torch.xpu"))
        if ours and not issubclass(value, (Exception, torch.dtype)):
            return _replaced(Replaced, Nothing, module.__name__, asked, name)
        return None
    if name == "stream":
        return Nothing
    if isinstance(value, FunctionType) and value.__module__.startswith("torch."):
        return _answering(name, value, asked)
    return None


def _replaced(
    kind: type[Replaced], original: Any, module: str, asked: Callable[[], None], name: str = ""
) -> Any:
    values = {
        "__module__": module,
        "__doc__": original.__doc__,
        "original": original,
        "asked": staticmethod(asked),
    }
    return kind(name or original.__name__, (), values)


def _answering(name: str, function: FunctionType, asked: Callable[[], None]) -> Any:
    @wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        if name in ANSWERS:
            asked()
            return ANSWERS[name]()
        try:
            return function(*arguments, **keywords)
        except Exception:  # whatever it is: all that these functions do is talk to a GPU
            asked()
            return None if name.startswith(SILENT) else Nothing()

    return call


def _staying(asked: Callable[[], None]) -> Any:
    def cuda(storage: Any, *_arguments: Any, **_keywords: Any) -> Any:
        asked()
        return storage

    return cuda


def _memory() -> int:
    """Return the bytes of this computer's memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
