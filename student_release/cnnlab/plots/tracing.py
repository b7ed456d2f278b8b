"""What leaves each step of a network: shapes and maps, seen from outside, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from labkit.notebook.inputs import CannotDraw
from labkit.words import with_article


@dataclass
class Trace:
    """The steps that an image went through, and the error that ended the journey, if any."""

    steps: list[tuple[str, Tensor]] = field(default_factory=list)
    error: str = ""


class Watch(TorchFunctionMode):
    """Notes the result of every step: of layers by forward hooks, of functions by torch's mode.

    Both are needed: `nn.MaxPool2d` and `torch.nn.functional.max_pool2d` are the same step to a
    reader. Functions called inside a layer are its own business, and functions that keep the
    shape (ReLU, scaling) are no step of their own.
    """

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.trace = trace
        self.depth = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if self.depth == 0 and isinstance(result, Tensor) and self.trace.steps:
            last = self.trace.steps[-1][1]
            if result.shape[:1] == last.shape[:1] and result.shape != last.shape:
                self.note(getattr(func, "__name__", "step"), result)
        return result

    def note(self, name: str, result: Tensor) -> None:
        self.trace.steps.append((name, result.detach()))

    def attach(self, model: nn.Module, cleanup: ExitStack) -> None:
        """Hook every layer that holds no further layers."""
        for name, layer in model.named_modules():
            if any(True for _ in layer.children()) or (layer is model and not name):
                continue
            label = readable_name(name, layer)

            def before(*_: Any) -> None:
                self.depth += 1

            def after(_: nn.Module, __: Any, result: Any, label: str = label) -> None:
                if isinstance(result, Tensor):
                    self.note(label, result)
                self.depth -= 1

            cleanup.callback(layer.register_forward_pre_hook(before).remove)
            cleanup.callback(layer.register_forward_hook(after).remove)


def readable_name(name: str, layer: nn.Module) -> str:
    """The attribute's name; in an `nn.Sequential`, where names are numbers, the layer's kind."""
    last = name.rsplit(".", 1)[-1]
    return type(layer).__name__ if last.isdigit() else last


def trace(model: nn.Module, images: Tensor) -> Trace:
    """Send `images` [B, 1, H, W] through the model in evaluation mode and note every step.

    The model's mode is restored; an error inside the model ends the trace and is kept in it.
    """
    result = Trace()
    with evaluation(model), torch.no_grad(), ExitStack() as cleanup:
        watch = Watch(result)
        images = images.to(place_of(model), dtype_of(model))
        result.steps.append(("image", images))
        watch.attach(model, cleanup)
        try:
            with watch:
                model(images)
        except Exception as error:
            result.error = (
                f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            )
    return result


@contextmanager
def evaluation(model: nn.Module) -> Iterator[None]:
    """Evaluation mode for a while; every layer gets its own mode back."""
    modes = [(layer, layer.training) for layer in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for layer, mode in modes:
            layer.training = mode


def place_of(model: nn.Module) -> torch.device:
    """The device of the first parameter; the CPU for a model without any."""
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


def dtype_of(model: nn.Module) -> torch.dtype:
    """The floating-point type of the first parameter; float32 for a model without any."""
    return next((parameter.dtype for parameter in model.parameters()), torch.float32)


def as_model(value: object) -> nn.Module:
    """`value` as a model object; a sentence if it is missing, a class, or something else."""
    if value is None or value is Ellipsis:
        raise CannotDraw("not there yet: the model has no value. Write it above, then come back.")
    if isinstance(value, type):
        raise CannotDraw(
            f"{value.__name__} is the class; make a model of it first: {value.__name__}()."
        )
    if not isinstance(value, nn.Module):
        kind = with_article(type(value).__name__)
        raise CannotDraw(f"the model must be an nn.Module, but it is {kind}.")
    return value
