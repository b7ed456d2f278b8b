"""The folders that a command line names; what nobody can mean is refused at once."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.common import wrong
from autograder.paths import PROJECT


def named(value: str | Path) -> Path:
    """Return the path. Raises `BadParameter` for an empty name, which would be this folder."""
    if not str(value).strip():
        raise typer.BadParameter("it is empty; name a folder, or leave the setting out.")
    return Path(value)


Submissions = Annotated[
    Path,
    typer.Argument(
        parser=named, metavar="SUBMISSIONS", help="What was graded, as `grade` takes it."
    ),
]
Class = Annotated[
    Path, typer.Argument(parser=named, metavar="OUTPUT", help="The folder of a class.")
]
Output = Annotated[
    Path, typer.Option(parser=named, metavar="FOLDER", help="The folder of the class.")
]

Groups = Annotated[
    Path | None,
    typer.Option(help="Who is in which group: Canvas's export, or a table student,group."),
]

Compare = Annotated[
    list[Path] | None,
    typer.Option(help="The folder of a former class: whose answers are like theirs? Repeatable."),
]


def refuse_wrong(submissions: Path | None, output: Path) -> None:
    """End the command with a sentence where these folders cannot be meant."""
    if sentence := _why_wrong(submissions, output):
        wrong(sentence)


def _why_wrong(submissions: Path | None, output: Path) -> str:
    target = output.resolve()
    if target.exists() and not target.is_dir():
        return f"The output {output} is a file. Name a folder for the class, such as grades."
    if PROJECT.is_relative_to(target):
        return (
            f"The output {output} is the folder of the kit itself, or holds it: the class's files "
            "would lie among its own. Name a folder for the class, such as grades."
        )
    source = submissions.resolve() if submissions else None
    if source and PROJECT.is_relative_to(source):
        return (
            f"The submissions {submissions} are the folder of the kit itself, or one that holds "
            "it: its own folders would be graded as students. Name the folder or the download that "
            "holds what was handed in."
        )
    if source and source.is_dir() and target.is_relative_to(source):
        return (
            f"The output {output} lies in the submissions {submissions}: the next run would take "
            "it for a student. Name a folder outside."
        )
    return ""
