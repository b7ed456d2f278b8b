"""The commands on a class: grade it, grade it anew, report on it."""

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from autograder.cli_common import cores, wrong
from autograder.paths import ASSIGNMENT, BUILD, COURSE
from autograder.records import Grade

CUDA_DRIVERS = ("/dev/nvidiactl", "/dev/dxg")
"""One of these is there where CUDA can be used: on Linux, and on Linux within Windows."""


class Device(StrEnum):
    """Where student code may compute."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


RequireIsolation = Annotated[
    int, typer.Option(min=1, max=5, help="The weakest tier that will do; 1 is the strongest.")
]
Practice = Annotated[
    bool, typer.Option("--practice", help="A weaker one will do: the marks do not count.")
]
Groups = Annotated[
    Path | None,
    typer.Option(help="Who is in which group: Canvas's export, or a table student,group."),
]


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
    groups: Groups = None,
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at once; 0: one a core.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Grade again what is graded.")] = False,
    device: Annotated[Device, typer.Option(help="Where student code computes.")] = Device.AUTO,
    seed: Annotated[int | None, typer.Option(help="Fixes the checks' random inputs.")] = None,
    require_isolation: RequireIsolation = 3,
    practice: Practice = False,
) -> None:
    """Grade a class. Exit status 0: all graded, 1: some need review, 2: wrong usage."""
    from autograder.build.products import BuildError
    from autograder.class_groups import with_members
    from autograder.collect.folder import CollectError
    from autograder.course import CourseError, read_course
    from autograder.grading import grade_and_tell, set_up
    from autograder.isolation import Requirement, TooWeak
    from autograder.lms.give_back import fill_in, read_gradebook
    from autograder.lms.layout import collect_class, workspace
    from autograder.lms.table import GradebookError
    from autograder.reports.terminal import show_remarks, show_summary
    from autograder.reports.words import to_look_at, was_graded
    from autograder.sandbox.policy import SandboxUnavailable
    from autograder.store import StoreError

    try:
        course = read_course(COURSE)
        to_fill = (
            read_gradebook(gradebook, column, course.title, course.totals.core)
            if gradebook
            else None
        )
        with workspace() as room:
            collected = collect_class(submissions, room)
            whole = with_members(collected, groups, output, gradebook, to_fill)
            found = whole.found
            required = Requirement(require_isolation, practice)
            setup = set_up(_available(device), seed, required)
            store = setup.store(output)
            store.others = whole.others
            grades, questions = grade_and_tell(
                setup, found.submissions, store, jobs or cores(), force
            )
            whole.keep(store)
        show_summary(grades, questions, output)
        if found.remarks:
            show_remarks(found.layout, found.remarks)
        if gradebook and to_fill:
            filled = fill_in(to_fill, found.submissions, grades)
            path = store.write_file(f"{gradebook.stem}-graded.csv", filled.content)
            show_remarks(f"{filled.marks} marks filled into {path}", filled.remarks)
    except (BuildError, CollectError, CourseError, StoreError) as problem:
        wrong(str(problem))
    except (GradebookError, TooWeak) as problem:
        wrong(str(problem))
    except SandboxUnavailable as problem:
        wrong(f"no sandbox can be started: {problem}")
    raise typer.Exit(0 if all(was_graded(each) and not to_look_at(each) for each in grades) else 1)


def regrade(
    submissions: Annotated[Path, typer.Argument(help="What was graded, as `grade` takes it.")],
    output: Annotated[Path, typer.Option(help="The folder of the grades.")] = Path("grades"),
    groups: Groups = None,
    yes: Annotated[bool, typer.Option("--yes", help="Put the new grades in place.")] = False,
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at once; 0: one a core.")] = 0,
    device: Annotated[Device, typer.Option(help="Where student code computes.")] = Device.AUTO,
    seed: Annotated[int | None, typer.Option(help="Fixes the checks' random inputs.")] = None,
    require_isolation: RequireIsolation = 3,
    practice: Practice = False,
) -> None:
    """Grade anew after a change, show who moves, then ask. Exit status as in `grade`."""
    from autograder.build.products import BuildError
    from autograder.class_groups import with_members
    from autograder.collect.folder import CollectError
    from autograder.course import CourseError
    from autograder.grading import grade_and_tell, set_up
    from autograder.isolation import Requirement, TooWeak
    from autograder.lms.layout import collect_class, workspace
    from autograder.lms.table import GradebookError
    from autograder.regrade.command import run_regrade
    from autograder.reports.words import to_look_at, was_graded
    from autograder.sandbox.policy import SandboxUnavailable
    from autograder.store import StoreError

    try:
        with workspace() as room:
            whole = with_members(collect_class(submissions, room), groups, output, None, None)
            required = Requirement(require_isolation, practice)
            setup = set_up(_available(device), seed, required)

            def grade_into(aside: Path) -> Sequence[Grade]:
                store = setup.store(aside)
                store.others = whole.others
                submitted = whole.found.submissions
                grades, _ = grade_and_tell(setup, submitted, store, jobs or cores(), force=False)
                whole.keep(store)
                return grades

            grades = run_regrade(
                output,
                grade_into,
                lambda: yes or _agrees("Put the new grades in place? The old ones are kept."),
            )
    except (BuildError, CollectError, CourseError, StoreError) as problem:
        wrong(str(problem))
    except (GradebookError, TooWeak) as problem:
        wrong(str(problem))
    except SandboxUnavailable as problem:
        wrong(f"no sandbox can be started: {problem}")
    raise typer.Exit(0 if all(was_graded(each) and not to_look_at(each) for each in grades) else 1)


def feedback(
    submissions: Annotated[Path, typer.Argument(help="What was graded, as `grade` takes it.")],
    output: Annotated[Path, typer.Option(help="The folder of the grades.")] = Path("grades"),
    gradebook: Annotated[
        Path | None, typer.Option(help="Exported from the learning system: it knows addresses.")
    ] = None,
    column: Annotated[str, typer.Option(help="Title of the gradebook's column.")] = "",
    groups: Groups = None,
) -> None:
    """Pack each student's feedback to give back. Exit status 0: all of it, 1: some left out."""
    from autograder.class_folder import read_class
    from autograder.class_groups import with_members
    from autograder.collect.folder import CollectError
    from autograder.course import CourseError, read_course
    from autograder.feedback_pack.mail_merge import authors, from_gradebook
    from autograder.feedback_pack.pack import PackError, write_pack
    from autograder.feedback_pack.told import told
    from autograder.lms.give_back import read_gradebook
    from autograder.lms.layout import collect_class, workspace
    from autograder.lms.table import GradebookError
    from autograder.reports.terminal import show_remarks
    from autograder.store import StoreError

    try:
        course, graded = read_course(COURSE), read_class(output)
        with workspace() as room:
            known = (
                read_gradebook(gradebook, column, course.title, course.totals.core)
                if gradebook
                else None
            )
            collected = collect_class(submissions, room)
            found = with_members(collected, groups, output, gradebook, known).found
            people = from_gradebook(known, found.submissions) if known else authors
            pack = write_pack(output, graded, found, people)
    except (CollectError, CourseError, GradebookError, PackError, StoreError) as problem:
        wrong(str(problem))
    for sentence in told(pack, found.layout):
        show_remarks(sentence, ())
    if pack.remarks:
        show_remarks("To look at:", pack.remarks)
    raise typer.Exit(1 if pack.left_out else 0)


def report(
    grades: Annotated[Path, typer.Argument(help="A folder of grades.")] = Path("grades"),
) -> None:
    """Write the report on a class anew from its grades; the grades stay as they are."""
    from autograder.build.otter_assign import NOTEBOOK
    from autograder.build.products import BuildError, ensure_built
    from autograder.class_report import write_class_report
    from autograder.store import StoreError

    try:
        built = ensure_built(ASSIGNMENT, BUILD)
        path = write_class_report(grades, built.student / NOTEBOOK)
    except (BuildError, StoreError) as problem:
        wrong(str(problem))
    typer.echo(f"Class report: {path}")


def _available(device: Device) -> Literal["cpu", "cuda"]:
    """The device to grade on; CUDA is asked for here, never in a process that will fork."""
    if device is Device.CPU:
        return "cpu"
    found = False
    if any(os.path.exists(path) for path in CUDA_DRIVERS):  # torch takes seconds to import
        import torch

        found = torch.cuda.is_available()
    if device is Device.CUDA and not found:
        wrong("--device cuda: this machine has no usable CUDA device; use --device cpu or auto")
    return "cuda" if found else "cpu"


def _agrees(question: str) -> bool:
    """The answer of whoever sits at the terminal; without one, nobody agrees."""
    return sys.stdin.isatty() and typer.confirm(question)
