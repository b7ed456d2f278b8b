"""The commands of those who teach a class: the desk, an answer explained, the archive."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.common import (
    CHOSEN,
    Chosen,
    chosen,
    graded_class,
    opened,
    refuse_empty,
    told_in_a_sentence,
    wrong,
)
from autograder.cli.folders import Class, Output
from autograder.store.holding import held, user

if TYPE_CHECKING:
    from autograder.classroom.run import Setup
    from autograder.classroom.views import Views
    from autograder.explain.asked import Asked


def desk(
    grades: Class = Path("grades"),
    assignment: Chosen = CHOSEN,
    who: Annotated[
        list[str] | None, typer.Option(help="Whose decisions these are; repeatable.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: a free one.")] = 0,
) -> None:
    """Open the desk: look at a class in the browser, mark and decide. Ctrl+C closes it.

    When it closes, gradebook and pages are written as they were decided.
    """
    from autograder.classroom.showing import showing_of
    from autograder.course.build.products import ensure_built
    from autograder.desk.reading import Reader
    from autograder.desk.serve import DeskError, courses_engine, serve

    people = [name.strip() for name in who or [user()]]
    if not all(people) or len(set(people)) != len(people):
        wrong("--who: say who you are, each name once (make desk WHO=ann)")
    with told_in_a_sentence():
        refuse_empty(grades)
        which = chosen(assignment)
        built = ensure_built(which)
        with opened(grades, showing_of(which.course, built)) as views:
            reader = Reader(views.store, views.showing, built.released)
            try:
                serve(reader, people, port, typer.echo, partial(courses_engine, which.folder))
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
    assignment: Chosen = CHOSEN,
    notebook: Annotated[
        bool,
        typer.Option("--notebook", help="Write a notebook with the checks in place; run nothing."),
    ] = False,
    shell: Annotated[
        bool, typer.Option("--shell", help="Open a prompt in the sandbox beside the answer.")
    ] = False,
) -> None:
    """Run a student's notebook again and show what the failing checks of a question compared.

    The page holds hidden inputs and expected values: it's for instructors only. No mark changes.
    """
    from autograder.classroom.isolation import Requirement
    from autograder.classroom.run import set_up
    from autograder.explain import FOLDER
    from autograder.explain.asked import find

    if notebook and shell:
        wrong("--notebook and --shell: take one of them at a time")
    if not (student.strip() and question.strip()):
        wrong("name a student and a question: make explain STUDENT=student_001 QUESTION=q5")
    with told_in_a_sentence():
        refuse_empty(output)
        which = chosen(assignment)
        setup = set_up(which, "cpu", None, Requirement(3, practice=False))
        with opened(output, setup.showing) as views:
            asked = find(views.store, student, question, setup.showing.questions)
            base = f"{FOLDER}/{asked.folder}-{question}"
            if notebook:
                _write_notebook(setup, views, asked, base)
            elif shell:
                _open_prompt(setup, asked)
            else:
                _write_page(setup, views, asked, base)


def _write_notebook(setup: "Setup", views: "Views", asked: "Asked", base: str) -> None:
    from autograder.explain.notebook import stepping_notebook
    from autograder.store.writing import as_json

    tests = setup.built.hidden_tests / f"{asked.question}.py"
    made = stepping_notebook(asked, tests, setup.seed, setup.built.assignment)
    path = views.store.write_file(f"{base}.ipynb", as_json(made))
    typer.echo(
        f"{path}: the student's cells and all checks of {asked.question}, for you only. Whoever "
        "runs it runs the student's code outside of the sandbox, with their own rights."
    )


def _open_prompt(setup: "Setup", asked: "Asked") -> None:
    import readline as _  # noqa: F401 with it, lines can be edited and come back

    from autograder.classroom.run import isolated_engine
    from autograder.explain.prompt import look_around

    with isolated_engine(setup) as engine:
        look_around(engine, asked, input, typer.echo)


def _write_page(setup: "Setup", views: "Views", asked: "Asked", base: str) -> None:
    from autograder.classroom.run import isolated_engine
    from autograder.explain.page import explain, page, told

    with isolated_engine(setup) as engine:
        result = explain(engine, asked)
    path = views.store.write_file(f"{base}.html", page(asked, result, setup.showing.titles))
    for line in told(result):
        typer.echo(line)
    typer.echo(f"Side by side: {path}")


def archive(
    grades: Class = Path("grades"),
    assignment: Chosen = CHOSEN,
    without_names: Annotated[
        bool, typer.Option("--without-names", help="Points and statistics only.")
    ] = False,
) -> None:
    """Pack the class into one file, and say what it holds."""
    from autograder.give_back.archive import write_archive

    with told_in_a_sentence(), graded_class(grades, assignment, "archive") as (_, _, views):
        views.refresh()
        kept = write_archive(views, names=not without_names, today=datetime.now().date())
    typer.echo(f"{kept.path}: {kept.students} students; {', '.join(kept.holds)}")
