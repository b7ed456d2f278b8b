"""Inputs for the fuzzer: sound answers, notebooks and zip files, and broken ones made from them."""

import io
import json
import random
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.course.assignment import default_assignment
from autograder.intake.question_cells import ANSWER_TAG
from autograder.judge.start import extend
from autograder.wire.frames import LENGTHS
from autograder.wire.values import Encoder
from proofs.attacks.mutate import changed_bytes, changed_tree

Tree = dict[str, Any]
SHOWN = [{"output_type": "display_data", "data": {"text/plain": "x", "image/png": "iVBORw0KGgo="}}]
HOSTILE_NAMES = ("../cnn.ipynb", "/cnn.ipynb", "C:\\cnn.ipynb", "a/b/cnn.ipynb", "__MACOSX/x.ipynb")
SYMBOLIC_LINK = 0o120777 << 16


def answers(count: int, seed: int) -> Iterator[bytes]:
    """Yield answers of a sandbox to a request for a value; one in four is broken as bytes too."""
    source, sound = random.Random(seed), _sound_answers()
    for _ in range(count):
        header, body = source.choice(sound)
        if source.random() < 0.3:
            body = changed_bytes(body, source, most=2)
        if "value" in header and source.random() < 0.8:
            changed = header | {"value": changed_tree(header["value"], source)}
        else:
            changed = changed_tree(header, source)
        yield _sometimes_torn(frame(changed, body), source)


def shown(count: int, seed: int) -> Iterator[bytes]:
    """Yield answers to a cell, with what it displayed."""
    source = random.Random(seed)
    for _ in range(count):
        body = _json(changed_tree(SHOWN, source))
        yield _sometimes_torn(frame({"id": 1, "ok": True}, body), source)


def notebooks(count: int, seed: int) -> Iterator[bytes]:
    """Notebook files."""
    source, sound = random.Random(seed), _sound_notebooks()
    for _ in range(count):
        text = _json(changed_tree(source.choice(sound), source))
        yield _sometimes_torn(text, source)


def archives(count: int, seed: int) -> Iterator[bytes]:
    """Zip files, their names and attributes changed, or their bytes in a few places."""
    source, text = random.Random(seed), _json(_sound_notebooks()[0])
    for _ in range(count):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as packed:
            for _ in range(source.choice((1, 1, 1, 2, 20))):
                name = source.choice(("cnn.ipynb", "cnn.ipynb", "notes.txt", *HOSTILE_NAMES))
                entry = zipfile.ZipInfo(name)
                entry.compress_type = source.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
                entry.external_attr = source.choice((0, 0, 0, SYMBOLIC_LINK))
                if name not in packed.namelist():
                    packed.writestr(entry, text)
        data = content.getvalue()
        yield changed_bytes(data, source, most=3) if source.random() < 0.7 else data


def frame(header: Any, body: bytes) -> bytes:
    """Return a frame whose lengths are right, whatever stands in it."""
    text = _json(header)
    return LENGTHS.pack(len(text), len(body)) + text + body


def _json(tree: Any) -> bytes:
    """Return `tree` in JSON, with the numbers that JSON does not know where the tree has them."""
    return json.dumps(tree).encode()


def _sometimes_torn(data: bytes, source: random.Random) -> bytes:
    return changed_bytes(data, source, most=2) if source.random() < 0.25 else data


def _sound_answers() -> list[tuple[Tree, bytes]]:
    extend(default_assignment())
    values: list[Any] = [
        None, 1.5, 10**30, "text", ..., [1, (2, 3)], {"a": {"b": [True]}, (1, "c"): float("nan")},
        torch.arange(12.0).reshape(3, 4), np.zeros((2, 2), np.int32), np.float32(2),
        {"value": torch.zeros(2, dtype=torch.bool), "raised": "", "changed": [1]},
        print, [{"value": 1}],
    ]  # fmt: skip
    found: list[tuple[Tree, bytes]] = []
    for each in values:
        encoder = Encoder(lambda _: {"object": 0, "type": "function", "callable": True})
        tree = encoder.encode(each)
        found.append(({"id": 1, "ok": True, "value": tree}, encoder.body))
    failure = {"kind": "error", "type": "ValueError", "message": "wrong", "line": 3}
    return [*found, ({"id": 1, "ok": False} | failure, b"")]


def _sound_notebooks() -> list[Tree]:
    """Return notebooks of two versions of the format."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": ["a\n"]}]
    code: Tree = {"cell_type": "code", "source": ["x = 1\n", 'grader.check("q1")']}
    code |= {"outputs": outputs, "metadata": {"tags": [ANSWER_TAG]}, "id": "a"}
    text: Tree = {"cell_type": "markdown", "source": "# Title", "metadata": {}, "attachments": {}}
    kernel = {"kernelspec": {"name": "python3"}}
    new: Tree = {"cells": [text, code], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    old: Tree = {"worksheets": [{"cells": [code | {"input": "x"}]}], "metadata": {}, "nbformat": 3}
    return [new, new, old]
