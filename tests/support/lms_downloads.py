"""Downloads as learning systems make them, written from their documented conventions."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

NOTEBOOK = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'


def files(folder: Path, *names: str) -> Path:
    """Writes notebooks, and files of other names that hold none, into `folder`."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = NOTEBOOK if name.endswith((".ipynb", ".zip")) else "x"
        path.write_text(content, encoding="utf-8")
    return folder


def zipped(path: Path, contents: Mapping[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def gradescope_export(folder: Path, metadata: str, *submissions: str) -> Path:
    """An export: its metadata, and a folder with a notebook for each of `submissions`."""
    export = folder / "assignment_77_export"
    files(export, *(f"{name}/cnn.ipynb" for name in submissions))
    (export / "submission_metadata.yml").write_text(metadata, encoding="utf-8")
    return export


def entry(number: int, people: str, created: str = "2026-02-05 20:14:33.111111000 Z") -> str:
    """The metadata of one submission; `people` is YAML, indented as Gradescope does it."""
    return (
        f"submission_{number}:\n  :submitters:\n{people}  :created_at: {created}\n"
        "  :score: 12.0\n  :status: processed\n  :history: []\n"
        "  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess\n    tests: []\n"
    )


def submitter(name: str, sid: str | None, email: str) -> str:
    lines = [f"  - :name: {name}"] + ([f"    :sid: {sid}"] if sid is not None else [])
    return "\n".join([*lines, f"    :email: {email}"]) + "\n"
