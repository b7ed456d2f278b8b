"""The command that takes over an assignment written for stock otter."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.common import told_in_a_sentence, wrong


def adopt(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="otter's autograder zip, or a master notebook.")
    ],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The new assignment's folder.")],
    notebook: Annotated[
        Path | None, typer.Option(help="With a zip: the notebook that students got.")
    ] = None,
    solution: Annotated[Path | None, typer.Option(help="With a zip: the solved notebook.")] = None,
) -> None:
    """Write an assignment folder around an otter assignment, and try it on its solution."""
    from autograder.adopt.adopt import adopt as write
    from autograder.adopt.trial import tried
    from autograder.course.imports import missing
    from autograder.judge.beside import WORDS

    with told_in_a_sentence():
        done = write(source, folder, notebook, solution)
        for note in done.notes:
            typer.echo(note)
        if lacking := missing(done.preload):
            wrong(
                f"{done.folder} is written, but its solution can't be tried without "
                f"{', '.join(lacking)}. Mend that, remove the folder and adopt again."
            )
        if done.solved:
            done, results = tried(done)
            points, most = (
                sum(one.score for one in results),
                sum(one.max_score for one in results),
            )
            typer.echo(f"The solution gets {points:g} of {most:g} points.")
            for one in results:
                if one.score < one.max_score:
                    lost = (case.message for case in one.cases if case.points < case.max_points)
                    first = ("".join(lost).strip().splitlines() or [""])[0]
                    typer.echo(f"  {one.question}: {one.score:g} of {one.max_score:g}. {first}")
        else:
            typer.echo("There is no solution to try the tests on, so all are judged beside.")
    beside = [name for name, where in done.where.items() if where == "beside"]
    outside = len(done.where) - len(beside)
    typer.echo(f"{outside} of {len(done.where)} questions are judged outside of student code.")
    if beside:
        typer.echo(f"{', '.join(beside)}: {WORDS}.")
    typer.echo(f"Grade a class: make grade ASSIGNMENT={folder} SUBMISSIONS=…")
