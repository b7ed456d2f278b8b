"""The command line: every command, and nothing but the reading of arguments and the telling."""

from pathlib import Path
from typing import Annotated

import typer

from autograder import interrupt
from autograder.cli.classes import grade, regrade
from autograder.cli.common import CHOSEN, Chosen, chosen, told_in_a_sentence, wrong
from autograder.cli.desk import archive, desk, explain
from autograder.cli.otter import adopt
from autograder.cli.reports import feedback, report
from autograder.paths import PROJECT

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Grades notebooks: student code runs in a sandbox, the checks stay outside.",
)

for command in (grade, regrade, report, feedback, archive, desk, explain, adopt):
    app.command()(command)


@app.command()
def doctor() -> None:
    """Tell which layers of isolation hold on this machine, tried from inside a sandbox."""
    from autograder.classroom.isolation import REQUIRED_TIER, measured
    from autograder.reports.terminal import show_isolation
    from autograder.sandbox.launch import Zygote
    from autograder.sandbox.policy import Policy, SandboxUnavailable

    try:
        with Zygote(Policy()) as zygote:
            isolation = measured(zygote, REQUIRED_TIER)
            show_isolation(isolation)
    except SandboxUnavailable as problem:
        wrong(f"no sandbox can be started: {problem}")
    raise typer.Exit(1 if any(layer.state == "failed" for layer in isolation.layers) else 0)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="A folder that isn't there yet.")],
    title: Annotated[str, typer.Option(help="What the assignment is called.")],
) -> None:
    """Write a small assignment to begin with: three questions, a mistake, three hand-ins."""
    from autograder.new.write import write_assignment

    with told_in_a_sentence():
        written = write_assignment(folder, title)
    for path in written:
        typer.echo(f"written: {path}")
    typer.echo(f"Grade it: make grade ASSIGNMENT={folder} SUBMISSIONS={folder}/submissions")


@app.command()
def build(assignment: Chosen = CHOSEN) -> None:
    """Build the hidden tests, the student folder and otter's zip into build/."""
    from autograder.course.build.products import ensure_built

    with told_in_a_sentence():
        built = ensure_built(chosen(assignment))
    typer.echo(f"{len(built.questions)} questions; otter's zip: {built.autograder_zip}")


@app.command()
def gradescope(
    assignment: Chosen = CHOSEN,
    output: Annotated[Path | None, typer.Option(help="The zip to write.")] = None,
) -> None:
    """Write the autograder to upload to Gradescope."""
    from autograder.course.build.products import ensure_built
    from autograder.gradescope.package import ZIP_NAME, write_package

    with told_in_a_sentence():
        which = chosen(assignment)
        target = output or which.build / ZIP_NAME
        size = write_package(PROJECT, ensure_built(which), target)
    typer.echo(f"{target}: {size / 1e6:.1f} MB")


@app.command()
def release(assignment: Chosen = CHOSEN) -> None:
    """Write student_release/ and solutions/. Exit status 1: the gate found problems."""
    from autograder.release.release import release as write_release

    with told_in_a_sentence():
        problems = write_release(chosen(assignment))
    for problem in problems:
        typer.echo(f"not released: {problem}", err=True)
    raise typer.Exit(1 if problems else 0)


def main() -> None:
    """Runs the command that the arguments name."""
    interrupt.run(app)
