"""Does a check judge what stands in the answer cell? If it doesn't, say so in plain words.

A check looks at what is defined in the kernel. After a syntax error, a rename or a change that was
not run, that is an older answer, while grading runs the cell as it is saved.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from labkit.notebook.notebook_file import Cell, Saved, runs_of
from labkit.notebook.runs import Run, bound_names
from labkit.words import with_article

AGAIN = "Mend the cell, run it, then run this check again."
OLDER = "This check judged what was defined before, which is not what will be graded."


def remarks(
    question: str,
    saved: Saved | None,
    runs: Sequence[Run],
    names: Sequence[str],
    now: Mapping[str, Any],
) -> list[str]:
    """What a reader should know about this check; empty when it judged the answer cell.

    `names` is what the question asks for, `now` what is defined in the kernel.
    """
    cells = saved.answers.get(question, ()) if saved is not None else ()
    if saved is None or not cells:
        return []
    ran, there = runs_of(cells, saved, runs), [name for name in names if name in now]
    if not ran:
        return [_never_run(question, there, runs)]
    last = ran[-1]
    if last.error in ("SyntaxError", "IndentationError", "TabError"):
        error = with_article(last.error)
        said = f"When you ran it last, the answer cell of {question} ended in {error}, so"
        older = f"{OLDER} " if there else ""
        return [f"{said} nothing in it was run. {older}{AGAIN}"]
    if last.error:
        return [
            f"When you ran it last, the answer cell of {question} stopped with {last.error}. Lines"
            " after the one that failed were not run, and what this check judged may be older."
            f" {AGAIN}"
        ]
    return [
        *_renamed(question, ran, there),
        *_elsewhere(question, cells, ran, runs, there),
        *_changed(question, saved, ran),
    ]


def _never_run(question: str, there: Sequence[str], runs: Sequence[Run]) -> str:
    if not there:
        return (
            f"The answer cell of {question} was not run since the kernel started. Run it, then run"
            " this check again."
        )
    return (
        f"{_listed(there)} was defined outside the answer cell of {question}, which was not run"
        " since the kernel started. Only what stands in the answer cell is graded: run it, then run"
        " this check again."
    )


def _renamed(question: str, ran: Sequence[Run], there: Sequence[str]) -> list[str]:
    """Names that an earlier run of the answer cell defined, and its last run doesn't."""
    before = frozenset[str]().union(*(bound_names(run.source) for run in ran[:-1]))
    own = {run.cell for run in ran}
    latest = {run.cell: bound_names(run.source) for run in ran}
    kept = frozenset[str]().union(*(latest[cell] for cell in own))
    gone = [name for name in there if name in before and name not in kept]
    if not gone:
        return []
    return [
        f"The answer cell of {question}, as you ran it last, does not define {_listed(gone)}."
        f" {OLDER} Keep the name that the question asks for, run the cell, then run this check"
        " again."
    ]


def _elsewhere(
    question: str,
    cells: Sequence[Cell],
    ran: Sequence[Run],
    runs: Sequence[Run],
    there: Sequence[str],
) -> list[str]:
    """Names that another cell defined after the answer cell was run."""
    ids = {cell.id for cell in cells}
    own = [run for run in ran if run.cell in ids] or ran
    last = max(place for place, run in enumerate(runs) if run in own)
    others = [run for run in runs[last + 1 :] if run not in own]
    taken = [name for name in there if any(name in bound_names(run.source) for run in others)]
    if not taken:
        return []
    return [
        f"{_listed(taken)} was defined once more in another cell, after the answer cell of"
        f" {question} was run. {OLDER} Run the answer cell, then run this check again."
    ]


def _changed(question: str, saved: Saved, ran: Sequence[Run]) -> list[str]:
    """The file is newer than the run, and holds another text."""
    last = {run.cell: run for run in ran}
    cells = saved.answers[question]
    stale = [
        cell
        for cell in cells
        if cell.id in last
        and last[cell.id].source != cell.source
        and saved.when > last[cell.id].when
    ]
    unknown = not any(cell.id in last for cell in cells)
    if unknown and saved.when > ran[-1].when and not saved.holds(ran[-1].source):
        stale = list(cells)
    if not stale:
        return []
    return [
        f"The answer cell of {question} was changed after you ran it last ({saved.path.name}, saved"
        f" {saved.clock}). {OLDER} Run the cell, then run this check again."
    ]


def _listed(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)
