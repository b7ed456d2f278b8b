"""The command line: every command, and nothing but the reading of arguments and the telling."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from autograder.paths import ASSIGNMENT, BUILD, COURSE, PROJECT

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Grades notebooks: student code runs in a sandbox, the checks stay outside.",
)


class Device(StrEnum):
    """Where student code may compute."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="A folder, or a Gradescope, Canvas or Moodle download.")
    ],
    output: Annotated[Path, typer.Option(help="Folder for gradebook and feedback.")] = Path(
        "grades"
    ),
    gradebook: Annotated[
        Path | None, typer.Option(help="Exported from Canvas or Moodle: a filled copy is written.")
    ] = None,
    column: Annotated[str, typer.Option(help="Title of the gradebook's column.")] = "",
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at once; 0: one a core.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Grade again what is graded.")] = False,
    device: Annotated[Device, typer.Option(help="Where student code computes.")] = Device.AUTO,
    seed: Annotated[int | None, typer.Option(help="Fixes the checks' random inputs.")] = None,
) -> None:
    """Grade a class. Exit status 0: all graded, 1: some need review, 2: wrong usage."""
    from autograder.build import BuildError
    from autograder.collect import CollectError
    from autograder.course import CourseError, read_course
    from autograder.grading import grade_and_tell, set_up
    from autograder.lms.give_back import fill_in, read_gradebook
    from autograder.lms.layout import collect_class, workspace
    from autograder.lms.table import GradebookError
    from autograder.reports.terminal import show_remarks, show_summary
    from autograder.sandbox.policy import SandboxUnavailable
    from autograder.score import ChecksError
    from autograder.store import StoreError

    try:
        course = read_course(COURSE)
        to_fill = (
            read_gradebook(gradebook, column, course.title, course.totals.core)
            if gradebook
            else None
        )
        with workspace() as room:
            found = collect_class(submissions, room)
            setup = set_up(_available(device), seed)
            store = setup.store(output)
            grades, questions = grade_and_tell(
                setup, found.submissions, store, jobs or _cores(), force
            )
        show_summary(grades, questions, output)
        show_remarks(found.layout, found.remarks)
        if gradebook and to_fill:
            filled = fill_in(to_fill, found.submissions, grades)
            path = store.write_file(f"{gradebook.stem}-graded.csv", filled.content)
            show_remarks(f"{filled.marks} marks filled into {path}", filled.remarks)
    except (BuildError, CollectError, CourseError, ChecksError, StoreError) as problem:
        _wrong(str(problem))
    except GradebookError as problem:
        _wrong(str(problem))
    except SandboxUnavailable as problem:
        _wrong(f"no sandbox can be started: {problem}")
    raise typer.Exit(1 if any(each.needs_review for each in grades) else 0)


@app.command()
def regrade(
    submissions: Annotated[Path, typer.Argument(help="What was graded, as `grade` takes it.")],
    output: Annotated[Path, typer.Option(help="The folder of the grades.")] = Path("grades"),
    yes: Annotated[bool, typer.Option("--yes", help="Put the new grades in place.")] = False,
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at once; 0: one a core.")] = 0,
    device: Annotated[Device, typer.Option(help="Where student code computes.")] = Device.AUTO,
    seed: Annotated[int | None, typer.Option(help="Fixes the checks' random inputs.")] = None,
) -> None:
    """Grade anew after a change, show who moves, then ask. Exit status as in `grade`."""
    from autograder.build import BuildError
    from autograder.collect import CollectError
    from autograder.course import CourseError
    from autograder.grading import grade_and_tell, set_up
    from autograder.lms.layout import collect_class, workspace
    from autograder.regrade.command import run_regrade
    from autograder.sandbox.policy import SandboxUnavailable
    from autograder.score import ChecksError
    from autograder.store import StoreError

    try:
        with workspace() as room:
            found = collect_class(submissions, room)
            setup = set_up(_available(device), seed)
            grades = run_regrade(
                output,
                lambda aside: grade_and_tell(
                    setup, found.submissions, setup.store(aside), jobs or _cores(), force=False
                )[0],
                lambda: yes or _agrees("Put the new grades in place? The old ones are kept."),
            )
    except (BuildError, CollectError, CourseError, ChecksError, StoreError) as problem:
        _wrong(str(problem))
    except SandboxUnavailable as problem:
        _wrong(f"no sandbox can be started: {problem}")
    raise typer.Exit(1 if any(each.needs_review for each in grades) else 0)


@app.command()
def report(
    grades: Annotated[Path, typer.Argument(help="A folder of grades.")] = Path("grades"),
) -> None:
    """Write the report on a class anew from its grades; the grades stay as they are."""
    from autograder.build import BuildError, ensure_built
    from autograder.class_report import write_class_report
    from autograder.otter_assign import NOTEBOOK
    from autograder.store import StoreError

    try:
        built = ensure_built(ASSIGNMENT, BUILD)
        path = write_class_report(grades, built.student / NOTEBOOK)
    except (BuildError, StoreError) as problem:
        _wrong(str(problem))
    typer.echo(f"Class report: {path}")


@app.command()
def doctor() -> None:
    """Tell which layers of isolation hold on this machine, tried from inside a sandbox."""
    from autograder.reports.terminal import show_layers
    from autograder.sandbox.launch import Zygote
    from autograder.sandbox.policy import Policy, SandboxUnavailable

    try:
        with Zygote(Policy()) as zygote:
            layers = zygote.layers()
            show_layers(zygote.tier, layers)
    except SandboxUnavailable as problem:
        _wrong(f"no sandbox can be started: {problem}")
    raise typer.Exit(1 if any(layer.state == "failed" for layer in layers) else 0)


@app.command()
def build() -> None:
    """Build the hidden tests, the student folder and otter's zip into build/."""
    from autograder.build import BuildError, ensure_built

    try:
        built = ensure_built(ASSIGNMENT, BUILD)
    except BuildError as problem:
        _wrong(str(problem))
    typer.echo(f"{len(built.questions)} questions; otter's zip: {built.autograder_zip}")


@app.command()
def gradescope(
    output: Annotated[Path, typer.Option(help="The zip to write.")] = BUILD / "autograder.zip",
) -> None:
    """Write the autograder to upload to Gradescope."""
    from autograder.build import BuildError, ensure_built
    from autograder.course import CourseError, read_course
    from autograder.gradescope.package import write_package

    try:
        read_course(COURSE)  # better told here than by every submission
        size = write_package(PROJECT, ASSIGNMENT, ensure_built(ASSIGNMENT, BUILD), output)
    except (BuildError, CourseError) as problem:
        _wrong(str(problem))
    typer.echo(f"{output}: {size / 1e6:.1f} MB")


@app.command()
def fit(
    output: Annotated[Path, typer.Option(help="The page to write.")] = Path(
        "docs/gradescope-fit.md"
    ),
) -> None:
    """Measure what grading needs against Gradescope's containers."""
    from autograder.build import BuildError, ensure_built
    from autograder.gradescope.fit import FitError, measure, page

    try:
        ensure_built(ASSIGNMENT, BUILD)
        written = page(measure(PROJECT / "submissions" / "example" / "student_001.ipynb"))
    except (BuildError, FitError) as problem:
        _wrong(str(problem))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(written, encoding="utf-8")
    typer.echo(written)


@app.command()
def release() -> None:
    """Write student_release/ and solutions/. Exit status 1: the gate found problems."""
    from autograder.build import BuildError
    from autograder.course import CourseError
    from autograder.release import release as write_release
    from autograder.sandbox.policy import SandboxUnavailable

    try:
        problems = write_release(PROJECT, ASSIGNMENT, BUILD)
    except (BuildError, CourseError, SandboxUnavailable) as problem:
        _wrong(str(problem))
    for problem in problems:
        typer.echo(f"not released: {problem}", err=True)
    raise typer.Exit(1 if problems else 0)


@app.command()
def bench(
    submissions: Annotated[int, typer.Option(min=1, help="How many correct submissions.")] = 12,
    skip_memory: Annotated[
        bool, typer.Option("--skip-memory", help="Leave out the longest part.")
    ] = False,
    output: Annotated[Path, typer.Option(help="The page to write.")] = Path("docs/benchmark.md"),
) -> None:
    """Measure the engine against stock otter run, both grading the same correct submissions."""
    from autograder.bench import BenchError, measure
    from autograder.bench_report import ratios, report
    from autograder.build import BuildError, ensure_built

    example = PROJECT / "submissions" / "example"
    correct = [example / f"{student}.ipynb" for student in ("student_001", "student_002")]
    try:
        measured = measure(ensure_built(ASSIGNMENT, BUILD), correct, submissions, not skip_memory)
    except (BenchError, BuildError) as problem:
        _wrong(str(problem))
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
    from autograder.build import BuildError
    from autograder.verify.command import run_verify
    from autograder.verify.frozen import Untrained
    from autograder.verify.recipes import RecipeError

    try:
        only = frozenset(question or ())
        proof = run_verify(jobs or _cores(), seeds, only, write=not only)
    except (BuildError, RecipeError, Untrained) as problem:
        _wrong(str(problem))
    raise typer.Exit(0 if proof.holds else 1)


@app.command()
def attack(
    jobs: Annotated[int, typer.Option(min=0, help="Attacks at once; 0: one a core.")] = 0,
    only: Annotated[str | None, typer.Option(help="Only this file of attacks.")] = None,
) -> None:
    """Attack the engine at two tiers of isolation. Exit status 1: something did not hold."""
    from autograder.attacks.command import attack as run_attacks

    raise typer.Exit(run_attacks(jobs or _cores(), only))


@app.command()
def fuzz(
    inputs: Annotated[int, typer.Option(min=1, help="How many inputs to try.")] = 100_000,
) -> None:
    """Feed damaged input to the wire and the readers. Exit status 1: one of them gave way."""
    from autograder.attacks.fuzz import fuzz as run_fuzz

    raise typer.Exit(run_fuzz(inputs))


def _available(device: Device) -> Literal["cpu", "cuda"]:
    """The device to grade on; CUDA is asked for here, never in a process that will fork."""
    if device is Device.CPU:
        return "cpu"
    import torch

    found = torch.cuda.is_available()
    if device is Device.CUDA and not found:
        _wrong("--device cuda: this machine has no usable CUDA device; use --device cpu or auto")
    return "cuda" if found else "cpu"


def _agrees(question: str) -> bool:
    """The answer of whoever sits at the terminal; without one, nobody agrees."""
    return sys.stdin.isatty() and typer.confirm(question)


def _cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _wrong(sentence: str) -> NoReturn:
    typer.echo(f"autograder: {sentence}", err=True)
    raise typer.Exit(2)


def main() -> None:
    """Runs the command that the arguments name."""
    app()
