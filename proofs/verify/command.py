"""`make verify`: the proof that the checks are good, told in the terminal and in `docs/`."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder.course.assignment import Assignment
from autograder.course.build.master import read_master
from autograder.course.build.products import ensure_built
from autograder.course.plant import solutions, student_notebook
from autograder.judge.start import open_engine, seed_for
from autograder.paths import DEFAULT_ASSIGNMENT, DOCS
from proofs.verify.recipes import Recipe, read_chained, read_recipes, refuse_unknown
from proofs.verify.report import failures, last_line, page, rows
from proofs.verify.run import Proof, prepare, verify

PAGE = "test-quality.md"


def run_verify(
    assignment: Assignment, jobs: int, seeds: int, questions: frozenset[str], write: bool
) -> Proof:
    """Grades all recipes (or those of `questions`), prints the table and writes the page."""
    folder = assignment.mistakes
    recipes = read_recipes(folder)
    answers = solutions(read_master(assignment.master))
    chained = read_chained(folder)
    for each in recipes:
        refuse_unknown(folder, each.question, each.name, answers)
    for question in chained:
        refuse_unknown(folder, question, "chained", answers)
    for question in questions:
        refuse_unknown(folder, question, "--question", answers)
    chosen = _chosen(recipes, questions)
    built = ensure_built(assignment)
    console = Console(highlight=False)
    with (
        open_engine(assignment.course, built, "cpu", seed_for(built)) as engine,
        _progress(console) as progress,
    ):
        task = progress.add_task("Verifying", total=len(chosen))
        field = prepare(engine, assignment, student_notebook(built), answers, chained)
        proof = verify(engine, field, chosen, jobs, seeds, lambda _: progress.advance(task))
    console.print(_table(proof))
    for sentence in failures(proof):
        console.print(sentence, markup=False, soft_wrap=True)
    if write:
        own = assignment.folder.resolve() == DEFAULT_ASSIGNMENT
        target = (DOCS if own else assignment.build) / PAGE
        _write_page(target, proof)
        console.print(f"Written: {target}", soft_wrap=True)
    console.print(last_line(proof))
    return proof


def _chosen(recipes: tuple[Recipe, ...], questions: frozenset[str]) -> tuple[Recipe, ...]:
    return tuple(each for each in recipes if not questions or each.question in questions)


def _progress(console: Console) -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    return Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal
    )


def _table(proof: Proof) -> Table:
    table = Table(
        "Question", "Planted", "Killed", "Named", "Misnamed", "Public", "Variants accepted"
    )
    for row in rows(proof.verdicts):
        table.add_row(
            row.question,
            str(row.planted),
            str(row.killed),
            f"{row.named} of {row.promised}",
            str(row.misnamed),
            str(row.public),
            f"{row.accepted} of {row.variants}",
        )
    return table


def _write_page(file: Path, proof: Proof) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(page(proof), "utf-8")
