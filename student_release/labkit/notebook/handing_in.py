"""What was run against what is saved: the comparison before the export, and the export itself."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.notebook import notebook_file
from labkit.notebook.notebook_file import Saved
from labkit.notebook.runs import Run, all_runs
from labkit.notebook.say import say
from labkit.notebook.screen import in_colab

COLAB = (
    "In Colab no zip file is made here. Choose File → Download → Download .ipynb, and hand in the"
    " file that you get."
)


@dataclass(frozen=True)
class Comparison:
    """The answers of a file beside those that were run."""

    saved: Saved
    differ: tuple[str, ...]
    """Questions whose answer, as it was run last, isn't the one in the file."""
    not_run: tuple[str, ...]
    """Questions whose answer cell was not run since the kernel started."""
    failed: tuple[str, ...]
    """Questions whose answer cell ended in an error when it was run last."""

    def sentences(self) -> list[str]:
        """What a reader should know about it."""
        total, name = len(self.saved.answers), self.saved.path.name
        file = f"{name}, saved {self.saved.clock}"
        if self.differ:
            said = [
                f"{len(self.differ)} of {total} answers in {file}, differ from what you ran:"
                f" {', '.join(self.differ)}."
            ]
        elif not self.not_run:
            said = [f"All {total} answers in {file}, are the ones that you ran."]
        elif len(self.not_run) == total:
            said = [f"None of the {total} answers in {file}, was run since the kernel started."]
        else:
            said = [f"No answer of {total} in {file}, differs from what you ran."]
        if self.not_run and len(self.not_run) < total:
            said.append(f"Not run since the kernel started: {', '.join(self.not_run)}.")
        if self.failed:
            said.append(f"Ended in an error when you ran it last: {', '.join(self.failed)}.")
        return said


def compare(saved: Saved, runs: Sequence[Run]) -> Comparison:
    """Compare each answer of the file with its last run."""
    differ, not_run, failed = list[str](), list[str](), list[str]()
    for question, cells in saved.answers.items():
        ran = notebook_file.runs_of(cells, saved, runs)
        last = {run.cell or "": run for run in ran}
        own = [(cell, last[cell.id]) for cell in cells if cell.id and cell.id in last]
        if not ran:
            not_run.append(question)
        elif own and ran[-1].cell in {cell.id for cell in cells}:
            if any(cell.source != run.source for cell, run in own):
                differ.append(question)
        elif not saved.holds(ran[-1].source):
            differ.append(question)
        if ran and ran[-1].error:
            failed.append(question)
    return Comparison(saved, tuple(differ), tuple(not_run), tuple(failed))


def comparison(folder: Path = Path()) -> Comparison | None:
    """The comparison for this notebook; None if its file isn't found."""
    runs = all_runs()
    saved = notebook_file.find(folder, runs)
    return compare(saved, runs) if saved is not None else None


def export(otters: Callable[..., Any], named: str | None = None, **options: Any) -> None:
    """Compare, then let otter write the zip file, or say why there is none.

    `named` is the file that the student names: then that one is compared and exported.
    """
    if in_colab():
        say(COLAB)
        return
    runs = all_runs()
    saved = notebook_file.read(Path(named)) if named else notebook_file.find(Path(), runs)
    if saved is None:
        say(
            f"No zip file was made: {named or 'the file of this notebook'} was not found, or it"
            " holds no answers. Save the notebook (Ctrl+S, or ⌘S on a Mac), and name its file:"
            ' grader.export("name of the file.ipynb", pdf=False, ignore_log=True)'
        )
        return
    found = compare(saved, runs)
    if found.differ:
        say("\n".join([f"No zip file was made. {found.sentences()[0]}", *_ways_out(found, runs)]))
        return
    with contextlib.chdir(saved.path.resolve().parent):
        otters(saved.path.name, **options)
    said = [f"{saved.path.name} went into the zip file. {' '.join(found.sentences())}"]
    unanswered = saved.unanswered()
    if unanswered:
        said.append(f"Not answered in it: {', '.join(unanswered)}.")
    say("\n".join(said))


def _ways_out(found: Comparison, runs: Sequence[Run]) -> list[str]:
    """What to do when answers differ: save, run, or name the other file."""
    own = found.saved.path
    said = [
        f"Save this notebook (Ctrl+S, or ⌘S on a Mac) and run this cell again. If that changes"
        f" nothing, run the answer cells of {', '.join(found.differ)} once more: what stands in"
        " them was not run."
    ]
    for path in sorted(own.parent.glob("*.ipynb")):
        other = notebook_file.read(path) if path.resolve() != own.resolve() else None
        if other is not None and not compare(other, runs).differ:
            said.append(
                f"{path.name} holds what you ran. If that is your notebook, export it with"
                f' grader.export("{path.name}", pdf=False, ignore_log=True)'
            )
    return said
