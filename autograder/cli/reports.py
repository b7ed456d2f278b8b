"""The commands that write of a class what stands: reports, and feedback to give back."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.common import CHOSEN, Chosen, graded_class, told_in_a_sentence
from autograder.cli.folders import Class, Compare, Groups, Output, Submissions, refuse_wrong


def feedback(
    submissions: Submissions,
    output: Output = Path("grades"),
    assignment: Chosen = CHOSEN,
    gradebook: Annotated[
        Path | None, typer.Option(help="Exported from the learning system: it knows addresses.")
    ] = None,
    column: Annotated[str, typer.Option(help="Title of the gradebook's column.")] = "",
    groups: Groups = None,
) -> None:
    """Pack each student's feedback to give back. Exit status 0: all of it, 1: some left out."""
    from autograder.classroom.groups import with_members
    from autograder.classroom.reading import read_class
    from autograder.give_back.feedback_pack.mail_merge import authors, from_gradebook
    from autograder.give_back.feedback_pack.pack import write_pack
    from autograder.give_back.feedback_pack.told import told
    from autograder.give_back.marks import read_gradebook
    from autograder.intake.lms.layout import collect_class, workspace
    from autograder.reports.terminal import show_remarks

    refuse_wrong(submissions, output)
    with (
        told_in_a_sentence(),
        graded_class(output, assignment, "feedback") as (which, _, views),
        workspace() as room,
    ):
        known = read_gradebook(gradebook, column, which.names) if gradebook else None
        collected = collect_class(submissions, room, which.notebook)
        found = with_members(collected, groups, output, gradebook, known).found
        people = from_gradebook(known, found.submissions) if known else authors
        views.refresh()
        pack = write_pack(output, read_class(views), found, people)
    for sentence in told(pack, found.layout):
        show_remarks(sentence, ())
    if pack.remarks:
        show_remarks("To look at:", pack.remarks)
    raise typer.Exit(1 if pack.left_out else 0)


def report(
    grades: Class = Path("grades"),
    assignment: Chosen = CHOSEN,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Only statistics, without names: page and table.")
    ] = False,
    compare: Compare = None,
) -> None:
    """Write all reports on a class anew from its grades; no notebook is run."""
    from autograder.classroom.report import write_class_report, write_statistics
    from autograder.reports.terminal import show_remarks
    from autograder.similarity.former import read_former

    with told_in_a_sentence(), graded_class(grades, assignment, "report") as (_, built, views):
        if anonymous:
            page, table = write_statistics(views)
            typer.echo(f"Statistics without names: {page}, {table}")
            return
        views.refresh()
        former = [read_former(folder) for folder in compare or ()]
        path = write_class_report(views, built.released, former)
        if left := views.remarks():
            show_remarks("Decisions without a student:", left)
    typer.echo(f"Class report: {path}")
