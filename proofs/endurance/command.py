"""The command `load`: both proofs, told in the terminal and in `docs/load.md`."""

from pathlib import Path

from autograder.course.assignment import default_assignment
from proofs.endurance.kills import run_kills
from proofs.endurance.load import run_load
from proofs.endurance.report import last_line, page

STUDENTS = 30
"""Of the class that is graded while its grader is killed."""


def load(submissions: int, kills: int, jobs: int, output: Path) -> int:
    """Runs the parts that are wanted, prints what they show and, last, all of it in one line.

    Gives 0 when nothing was lost, left or other than expected, else 1.
    """
    # Kills first: afterwards this process would have children of its own.
    killed = run_kills(default_assignment(), kills, STUDENTS, _tell) if kills else None
    loaded = run_load(submissions, jobs, _tell) if submissions else None
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page(loaded, killed), encoding="utf-8")
    for sentence in (*(loaded.left if loaded else ()), *(killed.left if killed else ())):
        _tell(sentence)
    for sentences in killed.different if killed else ():
        _tell("; ".join(sentences))
    print(last_line(loaded, killed))
    return 0 if (not loaded or loaded.holds) and (not killed or killed.holds) else 1


def _tell(sentence: str) -> None:
    print(sentence, flush=True)
