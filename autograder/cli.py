"""The command line: every command, and nothing but the reading of arguments and the telling."""

from pathlib import Path
from typing import Annotated

import typer

from autograder import interrupt
from autograder.cli_class import feedback, grade, regrade, report
from autograder.cli_common import cores, wrong
from autograder.cli_desk import archive, desk, explain
from autograder.paths import ASSIGNMENT, BUILD, COURSE, DOCS, PROJECT

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Grades notebooks: student code runs in a sandbox, the checks stay outside.",
)

for command in (grade, regrade, report, feedback, archive, desk, explain):
    app.command()(command)


@app.command()
def doctor() -> None:
    """Tell which layers of isolation hold on this machine, tried from inside a sandbox."""
    from autograder.isolation import REQUIRED_TIER, measured
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
def build() -> None:
    """Build the hidden tests, the student folder and otter's zip into build/."""
    from autograder.build.products import BuildError, ensure_built

    try:
        built = ensure_built(ASSIGNMENT, BUILD)
    except BuildError as problem:
        wrong(str(problem))
    typer.echo(f"{len(built.questions)} questions; otter's zip: {built.autograder_zip}")


@app.command()
def gradescope(
    output: Annotated[Path, typer.Option(help="The zip to write.")] = BUILD / "autograder.zip",
) -> None:
    """Write the autograder to upload to Gradescope."""
    from autograder.build.products import BuildError, ensure_built
    from autograder.course import CourseError, read_course
    from autograder.gradescope.package import write_package

    try:
        read_course(COURSE)  # better told here than by every submission
        size = write_package(PROJECT, ASSIGNMENT, ensure_built(ASSIGNMENT, BUILD), output)
    except (BuildError, CourseError) as problem:
        wrong(str(problem))
    typer.echo(f"{output}: {size / 1e6:.1f} MB")


@app.command()
def fit(
    output: Annotated[Path, typer.Option(help="The page to write.")] = DOCS / "gradescope-fit.md",
) -> None:
    """Measure what grading needs against Gradescope's containers."""
    from autograder.build.products import BuildError, ensure_built
    from autograder.gradescope.fit import FitError, measure, page

    try:
        ensure_built(ASSIGNMENT, BUILD)
        written = page(measure(PROJECT / "submissions" / "example" / "student_001.ipynb"))
    except (BuildError, FitError) as problem:
        wrong(str(problem))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(written, encoding="utf-8")
    typer.echo(written)


@app.command()
def release() -> None:
    """Write student_release/ and solutions/. Exit status 1: the gate found problems."""
    from autograder.build.products import BuildError
    from autograder.build.release import release as write_release
    from autograder.course import CourseError
    from autograder.sandbox.policy import SandboxUnavailable

    try:
        problems = write_release(PROJECT, ASSIGNMENT, BUILD)
    except (BuildError, CourseError, SandboxUnavailable) as problem:
        wrong(str(problem))
    for problem in problems:
        typer.echo(f"not released: {problem}", err=True)
    raise typer.Exit(1 if problems else 0)


@app.command()
def bench(
    submissions: Annotated[int, typer.Option(min=1, help="How many correct submissions.")] = 12,
    skip_memory: Annotated[
        bool, typer.Option("--skip-memory", help="Leave out the longest part.")
    ] = False,
    output: Annotated[Path, typer.Option(help="The page to write.")] = DOCS / "benchmark.md",
) -> None:
    """Measure the engine against stock otter run, both grading the same correct submissions."""
    from autograder.bench.command import BenchError, measure
    from autograder.bench.report import ratios, report
    from autograder.build.products import BuildError, ensure_built

    example = PROJECT / "submissions" / "example"
    correct = [example / f"{student}.ipynb" for student in ("student_001", "student_002")]
    try:
        measured = measure(ensure_built(ASSIGNMENT, BUILD), correct, submissions, not skip_memory)
    except (BenchError, BuildError) as problem:
        wrong(str(problem))
    page = report(measured)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, encoding="utf-8")
    typer.echo(page)
    typer.echo(ratios(measured))


@app.command()
def verify(
    jobs: Annotated[int, typer.Option(min=0, help="Notebooks at once; 0: one a core.")] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="Seeds for solution and blank.")] = 20,
    question: Annotated[list[str] | None, typer.Option(help="Only this one; repeatable.")] = None,
) -> None:
    """Prove the checks: plant every known mistake. Exit status 1: something does not hold."""
    from autograder.build.products import BuildError
    from autograder.course import CourseError
    from autograder.recipe_files import RecipeError
    from autograder.sandbox.policy import SandboxUnavailable
    from autograder.verify.command import run_verify
    from autograder.verify.frozen import Untrained

    try:
        only = frozenset(question or ())
        proof = run_verify(jobs or cores(), seeds, only, write=not only)
    except (BuildError, CourseError, RecipeError, SandboxUnavailable, Untrained) as problem:
        wrong(str(problem))
    raise typer.Exit(0 if proof.holds else 1)


@app.command()
def attack(
    jobs: Annotated[int, typer.Option(min=0, help="Attacks at once; 0: one a core.")] = 0,
    only: Annotated[str | None, typer.Option(help="Only this file of attacks.")] = None,
) -> None:
    """Attack the engine at three tiers of isolation. Exit status 1: something did not hold."""
    from autograder.attacks.command import attack as run_attacks
    from autograder.recipe_files import RecipeError

    try:
        status = run_attacks(jobs or cores(), only)
    except RecipeError as problem:
        wrong(str(problem))
    raise typer.Exit(status)


@app.command()
def guards(
    jobs: Annotated[int, typer.Option(min=0, help="Guards at once; 0: one a core.")] = 0,
    only: Annotated[str | None, typer.Option(help="Only those with this in area or id.")] = None,
) -> None:
    """Break every guard in a copy; something must fail. Exit status 1: nobody noticed one."""
    from autograder.attacks.recipes import RecipeError as AttackError
    from autograder.guards.command import guards as run_guards
    from autograder.guards.recipes import RecipeError

    try:
        raise typer.Exit(run_guards(jobs or cores(), only))
    except (RecipeError, AttackError) as problem:
        wrong(str(problem))


@app.command()
def fuzz(
    inputs: Annotated[int, typer.Option(min=1, help="How many inputs to try.")] = 100_000,
) -> None:
    """Feed damaged input to the wire and the readers. Exit status 1: one of them gave way."""
    from autograder.attacks.fuzz import fuzz as run_fuzz
    from autograder.build.products import BuildError

    try:
        status = run_fuzz(inputs)
    except BuildError as problem:
        wrong(str(problem))
    raise typer.Exit(status)


@app.command()
def load(
    submissions: Annotated[int, typer.Option(min=0, help="How many to grade; 0: none.")] = 1000,
    kills: Annotated[int, typer.Option(min=0, help="How many runs to kill; 0: none.")] = 50,
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at once; 0: one a core.")] = 0,
    output: Annotated[Path, typer.Option(help="The page to write.")] = DOCS / "load.md",
) -> None:
    """Grade a thousand mixed submissions; kill fifty runs. Exit status 1: something was lost."""
    from autograder.build.products import BuildError
    from autograder.course import CourseError
    from autograder.endurance.command import load as run_load
    from autograder.endurance.kills import RunFailed
    from autograder.recipe_files import RecipeError
    from autograder.sandbox.policy import SandboxUnavailable

    try:
        status = run_load(submissions, kills, jobs or cores(), output)
    except (BuildError, CourseError, RecipeError, RunFailed, SandboxUnavailable) as problem:
        wrong(str(problem))
    raise typer.Exit(status)


def main() -> None:
    """Runs the command that the arguments name."""
    interrupt.run(app)
