"""What an assignment that preloads PyTorch needs: tensors on the wire, threads, random numbers.

`torch.compile` computes without compiling here: compiling is slow and needs a compiler.
"""

import importlib
import os
from collections.abc import Callable
from typing import Any

import torch

from autograder.inside import imported, notes
from autograder.wire.frames import WireError
from autograder.wire.values import DTYPES, Decoder, Encoder, Extension, extend

DTYPES_OF_TENSORS = {getattr(torch, name) for name in DTYPES}
COMPILER = "torch._dynamo"
"""Takes more than a second to import: `torch.compile` and the first optimizer do so."""


def before_fork() -> None:
    """Replace what `torch.compile` and `Module.compile` end in; they stay what they are."""
    imported.after(COMPILER, _replace)


def before_judging() -> None:
    """Compute on one thread: more than free cores are slower, not faster."""
    torch.set_num_threads(1)


def reseed(device: str, threads: int) -> None:
    """Draw a new seed, and tell PyTorch its number of threads."""
    # The one for all devices takes 3 ms, which are for nothing where there are no others.
    untyped: Any = torch
    seed = untyped.manual_seed if device == "cuda" else torch.default_generator.manual_seed
    seed(int.from_bytes(os.urandom(7), "little"))
    torch.set_num_threads(threads)


def has_gpu() -> bool:
    """Whether this machine has a GPU that PyTorch can use."""
    return torch.cuda.is_available()


def _replace() -> None:
    compiler: Any = importlib.import_module(COMPILER)
    compiler.optimize = _optimize


def _optimize(*_arguments: Any, **_keywords: Any) -> Callable[[Any], Any]:
    notes.add("compile")
    return _same


def _same(function: Any) -> Any:
    return function


def _encoded(encoder: Encoder, value: torch.Tensor, _depth: int) -> Any:
    if value.is_meta:
        raise WireError("a tensor on the meta device holds no values")
    dense = value if value.layout is torch.strided else value.detach().to_dense()
    plain = dense.as_subclass(torch.Tensor)
    if plain.dtype not in DTYPES_OF_TENSORS:
        return encoder.keep(value)
    return encoder.numbers("tensor", plain.numpy(force=True))


def _decoded(decoder: Decoder, tree: dict[str, Any], _depth: int) -> torch.Tensor:
    return torch.from_numpy(decoder.numbers("tensor", tree).copy())


extend(Extension(torch.Tensor, "tensor", _encoded, _decoded))
