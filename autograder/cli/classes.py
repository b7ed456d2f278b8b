"""The commands on a class: grade it, grade it anew, report on it."""

import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from autograder.cli.common import (
    CHOSEN,
    Chosen,
    chosen,
    cores,
    graded_class,
    opened,
    told_in_a_sentence,
    wrong,
)
from autograder.cli.folders import Compare, Groups, Output, Submissions, named, refuse_wrong
from autograder.course.assignment import Assignment
from autograder.gradebooks.points import Points
from autograder.log import Detail
from autograder.plain_text import one_line
from autograder.records import Grade
from autograder.reports.words import needs_person
from autograder.sandbox.launch import Begun, waiting
from autograder.store.holding import held

if TYPE_CHECKING:
    from autograder.classroom.run import Where

CUDA_DRIVERS = ("/dev/nvidiactl", "/dev/dxg")
"""One of these is there where CUDA can be used: on Linux, and on Linux within Windows."""


class Device(StrEnum):
    """Where student code may compute."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


Jobs = Annotated[int, typer.Option(min=0, help="Submissions at once; 0: one a core.")]
On = Annotated[Device, typer.Option(help="Where student code computes.")]
Seed = Annotated[int | None, typer.Option(help="Fixes the checks' random inputs.")]
RequireIsolation = Annotated[
    int, typer.Option(min=1, max=5, help="The weakest tier that will do; 1 is the strongest.")
]
Practice = Annotated[
    bool, typer.Option("--practice", help="A weaker one will do: the marks do not count.")
]
Log = Annotated[
    Detail, typer.Option(help="How much goes into autograder.log beside the gradebook.")
]
Cluster = Annotated[
    str, typer.Option(help="A Dask cluster: tcp://host:8786, local:4, or slurm.toml.")
]
Tls = Annotated[
    Path | None, typer.Option(help="Folder with ca.pem, cert.pem and key.pem for the cluster.")
]
Insecure = Annotated[bool, typer.Option("--insecure", help="A cluster without TLS will do.")]


def grade(
    submissions: Annotated[
        Path | None,
        typer.Argument(
            parser=named,
            metavar="SUBMISSIONS",
            help="A folder, or the download of a learning system.",
        ),
    ] = None,
    output: Output = Path("grades"),
    assignment: Chosen = CHOSEN,
    gradebook: Annotated[
        Path | None, typer.Option(help="Exported from Canvas or Moodle: a filled copy is written.")
    ] = None,
    column: Annotated[str, typer.Option(help="Title of the gradebook's column.")] = "",
    points: Annotated[
        Points | None,
        typer.Option(help="Where the gradebook's column counts other points than the course."),
    ] = None,
    groups: Groups = None,
    jobs: Jobs = 0,
    force: Annotated[bool, typer.Option("--force", help="Grade again what is graded.")] = False,
    remove: Annotated[
        list[str] | None, typer.Option(help="Only take this student out of the class; repeatable.")
    ] = None,
    device: On = Device.AUTO,
    seed: Seed = None,
    compare: Compare = None,
    require_isolation: RequireIsolation = 3,
    practice: Practice = False,
    log: Log = Detail.INFO,
    cluster: Cluster = "",
    tls: Tls = None,
    insecure: Insecure = False,
) -> None:
    """Grade students into a class; the others in it stay.

    Exit status 0: all graded, 1: some need review, 2: wrong usage, 3: marks stand that other tests
    or settings have given (`regrade` shows who would move; `--force` grades them anew at once).
    """
    refuse_wrong(submissions, output)
    if remove:
        _remove(assignment, output, remove)
    if submissions is None:
        wrong("name the submissions: a folder, or a download of a learning system")
    with told_in_a_sentence(), ExitStack() as stack:
        which = chosen(assignment)
        course = which.course
        begun = None
        if not cluster and not output.exists():  # there is something to grade
            # Before the imports below: both take their time, on a core each.
            begun = stack.enter_context(
                waiting([name for name in course.preload if "." not in name])
            )
        from autograder.classroom.groups import with_members
        from autograder.classroom.isolation import Requirement
        from autograder.classroom.run import grade_and_tell, set_up
        from autograder.give_back.marks import fill_in, read_gradebook
        from autograder.gradebooks.points import SAME, scale_of
        from autograder.intake.lms.layout import collect_class, workspace
        from autograder.reports.terminal import show_outdated, show_remarks, show_rest, show_summary
        from autograder.similarity.former import read_former

        to_fill = read_gradebook(gradebook, column, which.names) if gradebook else None
        former = [read_former(folder) for folder in compare or ()]
        scale = scale_of(to_fill, course.totals.core, points) if to_fill else SAME
        where = _where(jobs, cluster, tls, insecure, begun)
        with held(output, "grade", typer.echo), workspace() as room:
            collected = collect_class(submissions, room, which.notebook)
            whole = with_members(collected, groups, output, gradebook, to_fill)
            found = whole.found
            required = Requirement(require_isolation, practice)
            setup = set_up(which, _available(device, which), seed, required, log)
            with opened(output, setup.showing) as views:
                plan = grade_and_tell(setup, whole, views, where, force=force, former=former)
                grades = views.table()
                show_summary(grades, setup.showing.questions, output)
                show_rest(found.submissions, grades)
                if found.remarks:
                    show_remarks(found.layout, found.remarks)
                if left := views.remarks():
                    show_remarks("Decisions without a student:", left)
                show_outdated(plan.outdated)
                if gradebook and to_fill:
                    filled = fill_in(to_fill, views.handed_in(), grades, scale)
                    path = views.store.write_file(f"{gradebook.stem}-graded.csv", filled.content)
                    show_remarks(f"{filled.marks} marks filled into {path}", filled.remarks)
    raise typer.Exit(3 if plan.outdated else _status(grades))


def regrade(
    submissions: Submissions,
    output: Output = Path("grades"),
    assignment: Chosen = CHOSEN,
    groups: Groups = None,
    yes: Annotated[bool, typer.Option("--yes", help="Put the new grades in place.")] = False,
    jobs: Jobs = 0,
    device: On = Device.AUTO,
    seed: Seed = None,
    require_isolation: RequireIsolation = 3,
    practice: Practice = False,
    log: Log = Detail.INFO,
    cluster: Cluster = "",
    tls: Tls = None,
    insecure: Insecure = False,
) -> None:
    """Grade anew after a change, show who moves, then ask.

    Exit status 0: all graded, 1: some need review, 2: wrong usage.
    """
    from autograder.classroom.groups import with_members
    from autograder.classroom.isolation import Requirement
    from autograder.classroom.regrade.command import run_regrade
    from autograder.classroom.run import grade_and_tell, set_up
    from autograder.classroom.views import Views
    from autograder.intake.lms.layout import collect_class, workspace

    refuse_wrong(submissions, output)
    with told_in_a_sentence(), held(output, "regrade", typer.echo), workspace() as room:
        which, where = chosen(assignment), _where(jobs, cluster, tls, insecure)
        whole = with_members(
            collect_class(submissions, room, which.notebook), groups, output, None, None
        )
        required = Requirement(require_isolation, practice)
        setup = set_up(which, _available(device, which), seed, required, log)

        def grade_into(aside: Views) -> list[str]:
            grade_and_tell(setup, whole, aside, where, command="regrade", anew=True)
            return [each.student for each in whole.found.submissions]

        with opened(output, setup.showing) as views:
            run_regrade(
                views,
                grade_into,
                lambda: yes or _agrees("Put the new grades in place? The old ones are kept."),
            )
            grades = views.table()
    raise typer.Exit(_status(grades))


def _where(
    jobs: int, cluster: str, tls: Path | None, insecure: bool, begun: Begun | None = None
) -> "Where":
    """Return what opens the engine here or the cluster; Dask is imported for nobody else.

    Raises `KitError`.
    """
    if not cluster:
        from autograder.classroom.run import here

        return here(jobs or cores(), begun)
    from autograder.cluster.place import ClusterError, read_place

    place = read_place(cluster, tls, insecure)
    try:
        from autograder.cluster.grader import on_cluster
    except ModuleNotFoundError as error:
        raise ClusterError(
            f"CLUSTER={cluster}: there is no package {error.name} here; install what a cluster "
            "needs: .venv/bin/python -m pip install '.[cluster]'"
        ) from error
    return on_cluster(place)


def _remove(assignment: Path, output: Path, students: list[str]) -> NoReturn:
    """Take students out of the class and end the command."""
    from autograder.classroom.removing import remove_student

    with (
        told_in_a_sentence(),
        graded_class(output, assignment, "grade --remove") as (_, _, views),
    ):
        for student in students:
            place = remove_student(views.store, student)
            typer.echo(f"{one_line(student)} is not in the class any more; kept in {place}.")
        views.refresh()
    raise typer.Exit(0)


def _status(grades: Sequence[Grade]) -> int:
    """Return the exit status for a class: 1 if a person has to look at somebody's marks."""
    return 1 if any(map(needs_person, grades)) else 0


def _available(device: Device, assignment: Assignment) -> Literal["cpu", "cuda"]:
    """The device to grade on; CUDA is asked for here, never in a process that will fork."""
    if device is Device.CPU:
        return "cpu"
    found = False
    if any(os.path.exists(path) for path in CUDA_DRIVERS):  # what has to be asked takes seconds
        modules = map(importlib.import_module, assignment.extensions())
        found = any(getattr(module, "has_gpu", bool)() for module in modules)
    if device is Device.CUDA and not found:
        wrong("--device cuda: this assignment finds no usable CUDA device here; use --device cpu")
    return "cuda" if found else "cpu"


def _agrees(question: str) -> bool:
    """The answer of whoever sits at the terminal; without one, nobody agrees."""
    return sys.stdin.isatty() and typer.confirm(question)
