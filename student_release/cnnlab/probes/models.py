"""Observations of networks: how one is built and what it computes (q8), what it scores (q12, q18).

A student's class or model may do anything; whatever it raises becomes words in `raised`.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NotRequired, TypedDict, cast

import torch
from torch import Tensor, nn

from cnnlab import data
from cnnlab.layout import channels_last
from cnnlab.probes import NOTHING_TO_CALL, Count, Observation, observe

SCORES_LIMIT = 200_000
"""Numbers that a model may give back for one chunk; more is no list of scores."""
USUAL_COUNTS = (1, 2, 5, 12, 64)
"""Images that a network of the lesson gets at once: in the checks and in training."""
CHUNK = 50
"""Images that a model gets at once: few enough for the feature maps to stay in a core's cache."""


class Network(TypedDict):
    """What `network` saw of a class and of the model that it built."""

    call: Observation
    """Of the stage that was reached, without the value."""
    raised: str
    """'' or the exception in words, with `stage`: "build", "kind" or "forward"."""
    stage: str
    shapes: list[list[Count]]
    """Of every parameter, in their order."""
    trainable: list[bool]
    stored: Count
    """How many numbers stand in buffers."""
    rows: NotRequired[Any]
    """The scores of the images."""
    again: NotRequired[Any]
    """The same a second time."""
    single: NotRequired[Any]
    """The scores of the first image alone."""
    reached: NotRequired[list[bool]]
    """For every parameter, whether a gradient other than 0 arrived."""
    changed: NotRequired[bool]
    """Whether the images were changed in place."""
    device_error: NotRequired[str]
    """What running it on another device raised; '' if that was not tried."""


class Scores(TypedDict):
    """What a model gave for images."""

    raised: str
    """'' or the exception in words."""
    shape: list[Count] | None
    """Of what came for `count` images."""
    count: Count
    scores: Tensor | None
    """float32 [N,K]; None where the result is no such table."""


class Habits(TypedDict):
    """A model's scores of images: once, the same again, and one image at a time."""

    scores: Scores
    again: Scores
    alone: Scores


def before_fork() -> None:
    """Do once what torch does in a process's first forward pass, here and on the meta device.

    It takes some 20 ms. No backward pass: with a GPU that would start threads, which no fork has.
    """
    torch.set_num_threads(1)
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2))
    model.extend([nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()])
    model.append(nn.LazyLinear(10))
    with torch.no_grad():
        for count in USUAL_COUNTS:  # torch makes a program of its own for each shape
            model(torch.zeros(count, 1, 28, 28))
        for count in (20, CHUNK):
            model(channels_last(torch.zeros(count, 1, 28, 28)))
        model.to("meta")(torch.zeros(1, 1, 28, 28, device="meta"))


def known_weights(shape: tuple[int, ...], seed: int) -> Tensor:
    """The float32 weights that `network` gives every parameter of `shape`.

    They depend on nothing else, so a check knows them without asking the sandbox. Their size keeps
    the numbers of every layer near 1.
    """
    name = hashlib.sha256(f"{seed}:{tuple(shape)}".encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(name[:7], "big"))
    inputs = max(1, Tensor.numel(torch.empty(shape, device="meta")) // max(1, (*shape, 1)[0]))
    scale = 0.5 if len(shape) < 2 else (2 / inputs) ** 0.5
    return scale * torch.randn(shape, generator=generator)


def network(make: Any, images: Tensor, seed: int, another_device: bool = False) -> Network:
    """Build a network with `make()`, give it the known weights, and show what it does.

    Args:
        make: the student's class.
        images: float32 [B,1,28,28].
        seed: of the known weights.
        another_device: whether to run it on another device, too.
    """
    seen: dict[str, Any] = {"stage": "build", "shapes": [], "trainable": [], "stored": 0}
    with torch.random.fork_rng(devices=[]):  # the student's random numbers stay as they are
        built = observe(make)
        seen["call"] = call = {**built, "value": True}
        if not built["raised"]:
            seen["stage"] = "kind"
            look = partial(_look, seen, another_device, built["value"])
            seen["call"] = call = {**observe(look, images, seed), "value": True, "changed": []}
    return cast("Network", seen | {"raised": call["raised"]})


def _look(
    seen: dict[str, Any], another_device: bool, model: Any, images: Tensor, seed: int
) -> None:
    if not isinstance(model, nn.Module):
        raise TypeError("it is no nn.Module")
    seen["stage"] = "forward"
    model.eval()
    seen.update(_structure(model))
    model(images[:2].clone())  # lazy layers get their shapes here
    seen.update(_structure(model))
    seen.update(_behaviour(model, images, seed))
    seen["device_error"] = _on_another_device(model, images) if another_device else ""


def _structure(model: nn.Module) -> dict[str, Any]:
    parameters = list(model.parameters())
    lazy = nn.parameter.UninitializedParameter
    return {
        "shapes": [[] if isinstance(p, lazy) else list(p.shape) for p in parameters],
        "trainable": [bool(p.requires_grad) for p in parameters],
        "stored": sum(b.numel() for b in model.buffers() if not isinstance(b, lazy)),
    }


def _behaviour(model: nn.Module, images: Tensor, seed: int) -> dict[str, Any]:
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(known_weights(tuple(parameter.shape), seed))
    given = images.clone()
    rows = model(given)
    again, single = model(images.clone()), model(images[:1].clone())
    reached = [False for _ in model.parameters()]
    if isinstance(rows, Tensor) and rows.requires_grad:
        (rows * torch.arange(1.0, rows.numel() + 1).reshape(rows.shape)).sum().backward()
        reached = [p.grad is not None and bool(p.grad.ne(0).any()) for p in model.parameters()]
    return {
        "rows": rows,
        "again": again,
        "single": single,
        "reached": reached,
        "changed": not torch.equal(given, images),
    }


def _on_another_device(model: nn.Module, images: Tensor) -> str:
    """What happens on torch's meta device: it computes shapes only, but refuses to mix devices."""
    result = observe(model.to("meta"), images.to("meta"))
    moved = isinstance(result["value"], Tensor) and not result["value"].is_meta
    return result["raised"] or ("the result is on another device" if moved else "")


SCALINGS = ("normalised", "unit", "signed", "grey")
"""How pixels reach a model: as the lesson's data, from 0 to 1, from -1 to 1, from 0 to 255."""


def scores(model: Any, images: Tensor, scaling: str = "normalised") -> Scores:
    """What `model` gives for uint8 images [N,28,28], in evaluation mode, on its own device.

    Args:
        scaling: one of `SCALINGS`.

    The model's mode is restored.
    """
    if isinstance(model, type):
        return Scores(raised=f"{NOTHING_TO_CALL}: a class", shape=None, count=0, scores=None)
    with evaluating(model), torch.no_grad():
        return table_of(model, images, scaling)


def habits(model: Any, images: Tensor, scaling: str = "normalised") -> Habits:
    """What a model's scores of uint8 images depend on, beside each image by itself."""
    seen = {name: scores(model, images, scaling) for name in ("scores", "again")}
    single = [scores(model, image[None], scaling) for image in images]
    tables = [each["scores"] for each in single]
    whole = all(isinstance(each, Tensor) and len(each) == 1 for each in tables)
    alone = single[0] | {"scores": torch.cat(tables) if whole else None}
    return cast("Habits", seen | {"alone": alone})


def training_scores(model: Any, images: Tensor, scaling: str = "normalised") -> Scores:
    """`scores` in training mode; whatever that changes in the model is put back."""
    if not isinstance(model, nn.Module):
        return scores(model, images, scaling)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with evaluating(model), torch.no_grad():
        for module in model.modules():
            module.training = True
        seen = table_of(model, images, scaling)
    model.load_state_dict(before)
    return seen


def table_of(model: Any, images: Tensor, scaling: str) -> Scores:
    """`scores` in the model's present mode."""
    seen = _scores(model, images, scaling, ordered=True)
    # A model may want its feature maps in the usual order, for `view`: it gets a second chance.
    return seen if seen["scores"] is not None else _scores(model, images, scaling)


def _scores(model: Any, images: Tensor, scaling: str, ordered: bool = False) -> Scores:
    seen = Scores(raised="", shape=None, count=0, scores=None)
    parts: list[Tensor] = []
    device = _device(model)
    for chunk in images.split(CHUNK):
        given = _scaled(chunk, scaling).to(device)
        result = observe(model, channels_last(given) if ordered else given)
        part = result["value"]
        if result["raised"] or not isinstance(part, Tensor):
            return seen | {"raised": result["raised"] or "TypeError: that is no tensor"}
        seen |= {"shape": list(part.shape), "count": len(chunk)}
        table = part.dim() == 2 and len(part) == len(chunk) and part.numel() <= SCORES_LIMIT
        if part.is_meta or part.is_complex():
            return seen | {"raised": f"TypeError: no real numbers, on device {part.device}"}
        if not table:
            return seen
        parts.append(part.detach().to("cpu", torch.float32))
    return seen | {"scores": torch.cat(parts)}


def _scaled(images: Tensor, scaling: str) -> Tensor:
    if scaling == "normalised":
        return data.normalise(images.numpy())
    pixels = images.unsqueeze(1).float()
    return {"unit": pixels / 255, "signed": pixels / 127.5 - 1, "grey": pixels}[scaling]


def _device(model: Callable[..., Any]) -> torch.device:
    first = next(model.parameters(), None) if isinstance(model, nn.Module) else None
    return torch.device("cpu") if first is None else first.device


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """Evaluation mode, and afterwards the mode of before in every part of the model."""
    modules = list(model.modules()) if isinstance(model, nn.Module) else []
    modes = [module.training for module in modules]
    for module in modules:
        module.training = False
    try:
        yield
    finally:
        for module, mode in zip(modules, modes, strict=True):
            module.training = mode
