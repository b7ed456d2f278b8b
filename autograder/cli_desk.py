"""The commands of those who teach a class: the desk, an answer explained, the archive."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from autograder.classroom.holding import held, user
from autograder.cli_common import opened, refuse_empty, told_in_a_sentence, wrong
from autograder.cli_folders import Class, Output
from autograder.course import read_course
from autograder.paths import ASSIGNMENT, BUILD, COURSE
from autograder.plain_text import one_line


def desk(
    grades: Class = Path("grades"),
    who: Annotated[
        list[str] | None, typer.Option(help="Whose decisions these are; repeatable.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: a free one.")] = 0,
) -> None:
    """Open the desk: look at a class in the browser, mark and decide. Ctrl+C closes it.

    When it closes, gradebook and pages are written as they were decided.
    """
    from autograder.build.otter_assign import NOTEBOOK
    from autograder.build.products import ensure_built
    from autograder.classroom.showing import showing_of
    from autograder.desk.reading import Reader
    from autograder.desk.serve import DeskError, serve

    people = [name.strip() for name in who or [user()]]
    if not all(people) or len(set(people)) != len(people):
        wrong("--who: say who you are, each name once (make desk WHO=ann)")
    with told_in_a_sentence():
        refuse_empty(grades)
        built = ensure_built(ASSIGNMENT, BUILD)
        with opened(grades, showing_of(read_course(COURSE), built)) as views:
            reader = Reader(views.store, views.showing, built.student / NOTEBOOK)
            try:
                serve(reader, people, port, typer.echo)
            except DeskError as problem:
                wrong(str(problem))
            finally:
                with held(grades, "desk", typer.echo):
                    if changed := views.refresh():
                        typer.echo(f"Gradebook and pages are written anew: {len(changed)} changed.")


def explain(
    student: Annotated[str, typer.Argument(help="As the gradebook names them.")],
    question: Annotated[str, typer.Argument(help="Such as q5.")],
    output: Output = Path("grades"),
) -> None:
    """Run a student's notebook again and show what the failing checks of a question compared.

    The page holds hidden inputs and expected values: it's for instructors only. No mark changes.
    """
    from autograder.explain import FOLDER, find
    from autograder.explain import explain as explained_page
    from autograder.grading import isolated_engine, set_up
    from autograder.isolation import Requirement
    from autograder.reports.words import OUTCOME_WORDS, number

    with told_in_a_sentence():
        refuse_empty(output)
        setup = set_up("cpu", None, Requirement(3, practice=False))
        with opened(output, setup.showing) as views:
            asked = find(views, student, question, setup.showing.questions)
            with isolated_engine(setup) as engine:
                page, result = explained_page(engine, asked, setup.showing.titles)
            path = views.store.write_file(f"{FOLDER}/{asked.folder}-{question}.html", page)
    for case in result.cases:
        typer.echo(f"{OUTCOME_WORDS[case.outcome]}: {one_line(case.title, 200)}")
        if case.message:
            typer.echo(f"  {one_line(case.message, 400)}")
    typer.echo(f"{number(result.score)} of {number(result.max_score)}. Side by side: {path}")


def archive(
    grades: Class = Path("grades"),
    without_names: Annotated[
        bool, typer.Option("--without-names", help="Points and statistics only.")
    ] = False,
) -> None:
    """Pack the class into one file, and say what it holds."""
    from autograder.build.products import ensure_built
    from autograder.class_archive import write_archive
    from autograder.classroom.showing import showing_of

    with told_in_a_sentence():
        refuse_empty(grades)
        showing = showing_of(read_course(COURSE), ensure_built(ASSIGNMENT, BUILD))
        with held(grades, "archive", typer.echo), opened(grades, showing) as views:
            views.refresh()
            kept = write_archive(views, names=not without_names, today=datetime.now().date())
    typer.echo(f"{kept.path}: {kept.students} students; {', '.join(kept.holds)}")
