"""From a master notebook to otter's zip, the students' notebook and the solved one.

otter itself splits the notebook, in a temporary copy. What it would stumble over is mended there
(notebooks older than format 4.5) or told in a sentence before.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import nbformat
import yaml
from otter.assign.blocks import extract_all_fenced_otter_cells

from autograder.adopt.archive import Archive, ArchiveError, read_archive

_ASSIGN = (
    "import sys, otter.assign;"
    "otter.assign.main(sys.argv[1], 'dist', no_run_tests=True, no_pdfs=True)"
)
_CONFIG = re.compile(r"#\s+ASSIGNMENT\s+CONFIG\s*$", re.IGNORECASE)
_OLD_BEGIN = re.compile(r"^\s*(#|```)?\s*BEGIN (QUESTION|ASSIGNMENT)", re.MULTILINE)
_LISTS = ("files", "autograder_files", "student_files")
_BESIDE = ("requirements.txt", "environment.yml")
_NO_EFFECT = ("pdf", "token", "course_id", "assignment_id", "filtering", "pagebreaks", "plugins")
_MOST_BYTES = 1 << 30


@dataclass(frozen=True)
class Assigned:
    """What otter makes of a master notebook."""

    archive: Archive
    student: dict[str, Any]
    solution: dict[str, Any]
    config: Mapping[str, Any]
    """The settings under `generate` that have no effect here."""
    upgraded: str = ""
    """The notebook's format, where it was older than 4.5."""
    local: tuple[str, ...] = ()
    """Files that only students get."""


def assigned(master: Path) -> Assigned:
    """Return what otter makes of the notebook `master`. Raises `ArchiveError`."""
    document, version = _read(master)
    config, cell = _config(master, document)
    without_effect = _without_effect(config)
    cell["source"] = "# ASSIGNMENT CONFIG\n" + yaml.safe_dump(config, sort_keys=False)
    with tempfile.TemporaryDirectory(prefix="adopt-") as aside_name:
        aside = Path(aside_name)
        copy = aside / master.name
        nbformat.write(document, str(copy))  # pyright: ignore[reportUnknownMemberType] no types
        _copy_named(master, config, aside)
        _assign(copy)
        [made] = sorted((aside / "dist" / "autograder").glob("*.zip")) or [None]
        if made is None:
            raise ArchiveError(f"{master.name}: otter made no autograder of it. Has it any tests?")
        student, solution = (
            cast("dict[str, Any]", json.loads((aside / "dist" / view / master.name).read_bytes()))
            for view in ("student", "autograder")
        )
        local = tuple(str(name) for name in config.get("student_files") or ())
        return Assigned(read_archive(made), student, solution, without_effect, version, local)


def as_format_4_5(document: Any) -> str:
    """Bring a notebook to format 4.5 in place; return its version before, '' if it was as new."""
    version = f"{document.nbformat}.{document.nbformat_minor}"
    if document.nbformat_minor >= 5:
        return ""
    document.nbformat_minor = 5
    for number, cell in enumerate(document.cells):
        cell.setdefault("id", f"cell-{number:03d}")
    return version


def _read(master: Path) -> tuple[Any, str]:
    try:
        raw = json.loads(master.read_bytes())
        version = f"{raw['nbformat']}.{raw['nbformat_minor']}"
        document = cast("Any", nbformat).reads(json.dumps(raw), as_version=4)
    except Exception as problem:  # nbformat raises kinds of its own for what is no notebook
        raise ArchiveError(
            f"{master.name} cannot be read as a notebook ({type(problem).__name__}: {problem})."
        ) from None
    kernel = document.metadata.setdefault("kernelspec", nbformat.from_dict({"name": "python3"}))
    language = str(
        kernel.get("language") or document.metadata.get("language_info", {}).get("name", "python")
    ).lower()
    if language != "python":
        raise ArchiveError(
            f"{master.name} is a notebook in {language}; this kit grades Python notebooks only."
        )
    kernel["language"], kernel["name"] = "python", "python3"
    kernel.setdefault("display_name", "Python 3")
    try:
        document.cells = extract_all_fenced_otter_cells(document.cells)
    except Exception as problem:  # otter's own, for a block that isn't closed
        raise ArchiveError(f"{master.name}: {problem}.") from None
    as_format_4_5(document)
    return document, version if version < "4.5" else ""


def _config(master: Path, document: Any) -> tuple[dict[str, Any], Any]:
    """Return the settings of the assignment, and the cell that holds them."""
    for cell in document.cells:
        first, _, rest = cell.source.strip().partition("\n")
        if cell.cell_type != "raw" or not _CONFIG.match(first):
            continue
        try:
            found: Any = yaml.safe_load(rest)
        except yaml.YAMLError as problem:
            raise ArchiveError(
                f"{master.name}: the cell '# ASSIGNMENT CONFIG' isn't valid YAML ({problem})."
            ) from None
        found = {} if found is None else found
        if not isinstance(found, dict):
            raise ArchiveError(
                f"{master.name}: the cell '# ASSIGNMENT CONFIG' must list settings, 'name: value'."
            )
        return _with_file(master, cast("dict[str, Any]", found)), cell
    if any(
        cell.cell_type == "markdown" and _OLD_BEGIN.search(cell.source) for cell in document.cells
    ):
        raise ArchiveError(
            f"{master.name} is written in otter's first format, with its settings in text cells, "
            "which otter itself reads no longer. Put each into a raw cell that begins with "
            "'# ASSIGNMENT CONFIG', '# BEGIN QUESTION' and so on, as otter's documentation shows."
        )
    raise ArchiveError(
        f"{master.name} has no cell '# ASSIGNMENT CONFIG', so it isn't a master notebook of "
        "otter's. Name the autograder zip instead, or the notebook from which it was made."
    )


def _with_file(master: Path, config: dict[str, Any]) -> dict[str, Any]:
    """Return `config` over the settings of the file that it may name."""
    name = config.pop("config_file", None)
    if name is None:
        return config
    path = master.parent / str(name)
    try:
        found: Any = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as problem:
        raise ArchiveError(
            f"{master.name} names config_file: {name}, which cannot be read ({problem})."
        ) from None
    return {**(cast("dict[str, Any]", found) if isinstance(found, dict) else {}), **config}


def _without_effect(config: dict[str, Any]) -> dict[str, Any]:
    """Take out of `config` what would upload, print or run plugins; return it."""
    taken = {"plugins": config.pop("plugins")} if config.get("plugins") else {}
    config.pop("solutions_pdf", None)
    config.pop("template_pdf", None)
    generate = config.get("generate")
    if isinstance(generate, dict):
        settings = cast("dict[str, Any]", generate)
        taken |= {name: settings.pop(name) for name in _NO_EFFECT if name in settings}
    return taken


def _copy_named(master: Path, config: Mapping[str, Any], aside: Path) -> None:
    """Copy the files that the settings name, which stand beside the notebook."""
    folder, left = master.parent, _MOST_BYTES
    files = (config.get(name) for name in ("requirements", "environment"))
    named = [file for file in files if isinstance(file, str)]
    for key in _LISTS:
        listed: Any = config.get(key) or []
        several = cast("list[Any]", listed) if isinstance(listed, list) else [listed]
        named += [str(one) for one in several]
    for name in dict.fromkeys((*named, *_BESIDE)):
        if name.startswith("/") or ".." in Path(name).parts:
            raise ArchiveError(f"{master.name} names {name}, which isn't beside the notebook.")
        found = sorted(folder.glob(name)) if name.strip(".") else []
        if not found and name in named:
            raise ArchiveError(
                f"{master.name} names the file {name}, but there is none beside it in {folder}. "
                "Put it there, or take it out of '# ASSIGNMENT CONFIG'."
            )
        for source in (path for one in found for path in (one, *one.rglob("*")) if path.is_file()):
            left -= source.stat().st_size
            if left < 0:
                raise ArchiveError(f"{master.name} names files of more than 1 GB together.")
            target = aside / source.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def _assign(copy: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ASSIGN, copy.name],
        cwd=copy.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise ArchiveError(
            f"otter assign refuses {copy.name}: {lines[-1] if lines else 'no reason'}"
        )
