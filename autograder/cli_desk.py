"""The command that opens the desk."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.classroom.holding import held, user
from autograder.cli_common import opened, refuse_empty, told_in_a_sentence, wrong
from autograder.cli_folders import Class
from autograder.course import read_course
from autograder.paths import ASSIGNMENT, BUILD, COURSE


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
