"""The command line of the proofs: `python -m proofs verify`, `attack`, `guards`, and the others.

They prove the kit, and grade nobody: nothing of the engine imports them, and nothing of them is
uploaded to Gradescope.
"""

from pathlib import Path
from typing import Annotated

import typer

from autograder import interrupt
from autograder.cli.common import CHOSEN, Chosen, chosen, cores, told_in_a_sentence, wrong
from autograder.paths import DOCS, PROJECT

CORRECT = PROJECT / "submissions" / "example" / "student_001.ipynb"
"""A submission in which every check passes."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Proves the checks and the engine, and measures them.",
)


@app.command()
def bench(
    submissions: Annotated[int, typer.Option(min=1, help="How many correct submissions.")] = 12,
    skip_memory: Annotated[
        bool, typer.Option("--skip-memory", help="Leave out the longest part.")
    ] = False,
    output: Annotated[Path, typer.Option(help="The page to write.")] = DOCS / "benchmark.md",
) -> None:
    """Measure the engine against stock otter run, both grading the same correct submissions."""
    from autograder.course.build.products import ensure_built
    from proofs.bench.command import measure
    from proofs.bench.report import ratios, report

    with told_in_a_sentence():
        measured = measure(ensure_built(chosen(CHOSEN)), [CORRECT], submissions, not skip_memory)
    _write(report(measured), output)
    typer.echo(ratios(measured))


@app.command()
def fit(
    output: Annotated[Path, typer.Option(help="The page to write.")] = DOCS / "gradescope-fit.md",
) -> None:
    """Measure what grading needs against Gradescope's containers."""
    from autograder.course.build.products import ensure_built
    from proofs.fit import measure, page

    with told_in_a_sentence():
        ensure_built(chosen(CHOSEN))
        written = page(measure(CORRECT))
    _write(written, output)


@app.command()
def bench_cluster(
    submissions: Annotated[int, typer.Option(min=1, help="Graded each way.")] = 6,
    simulated: Annotated[int, typer.Option(min=10, help="Tasks with a recorded grade.")] = 5000,
    kills: Annotated[int, typer.Option(min=1, help="Workers to kill.")] = 50,
    only: Annotated[
        str, typer.Option(help="efficiency, overhead, memory or kills alone: no page is written.")
    ] = "",
    output: Annotated[Path, typer.Option(help="The page to write.")] = DOCS / "cluster.md",
) -> None:
    """Measure grading on Dask's workers. Exit status 1: a bar isn't met."""
    with told_in_a_sentence():
        which = chosen(CHOSEN)
        from proofs.bench.cluster.command import Part, measure, measure_part
        from proofs.bench.cluster.report import last_line, page

        given = which, [CORRECT], submissions, simulated, kills, typer.echo
        if only:
            if only not in (parts := [part.value for part in Part]):
                wrong(f"there is no part {only!r}; choose {', '.join(parts)}")
            typer.echo(f"{only}: {measure_part(Part(only), *given)}")
            return
        measured = measure(*given)
    _write(page(measured), output)
    typer.echo(last_line(measured))
    raise typer.Exit(0 if measured.holds else 1)


@app.command()
def pages(
    students: Annotated[int, typer.Option(min=2, help="How many there are in the class.")] = 1000,
    output: Annotated[Path, typer.Option(help="The page to write.")] = DOCS / "desk.md",
) -> None:
    """Measure the desk's pages with a large class. Exit status 1: one takes too long."""
    with told_in_a_sentence():
        chosen(CHOSEN)
        from proofs.bench.desk_pages import LIMIT, measure, report

        measured = measure(students, typer.echo)
    _write(report(measured), output)
    raise typer.Exit(0 if measured.slowest <= LIMIT else 1)


@app.command()
def verify(
    assignment: Chosen = CHOSEN,
    jobs: Annotated[int, typer.Option(min=0, help="Notebooks at once; 0: one a core.")] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="Seeds for solution and blank.")] = 20,
    question: Annotated[list[str] | None, typer.Option(help="Only this one; repeatable.")] = None,
) -> None:
    """Prove the checks: plant every known mistake. Exit status 1: something does not hold."""
    from proofs.verify.command import run_verify

    with told_in_a_sentence():
        which, only = chosen(assignment), frozenset(question or ())
        proof = run_verify(which, jobs or cores(), seeds, only, write=not only)
    raise typer.Exit(0 if proof.holds else 1)


@app.command()
def attack(
    jobs: Annotated[int, typer.Option(min=0, help="Attacks at once; 0: one a core.")] = 0,
    only: Annotated[str | None, typer.Option(help="Only this file of attacks.")] = None,
) -> None:
    """Attack the engine at three tiers of isolation. Exit status 1: something did not hold."""
    with told_in_a_sentence():
        chosen(CHOSEN)
        from proofs.attacks.command import attack as run_attacks

        status = run_attacks(jobs or cores(), only)
    raise typer.Exit(status)


@app.command()
def guards(
    jobs: Annotated[int, typer.Option(min=0, help="Guards at once; 0: one a core.")] = 0,
    only: Annotated[str | None, typer.Option(help="Only those with this in area or id.")] = None,
) -> None:
    """Break every guard in a copy; something must fail. Exit status 1: nobody noticed one."""
    with told_in_a_sentence():
        chosen(CHOSEN)
        from proofs.guards.command import guards as run_guards

        status = run_guards(jobs or cores(), only)
    raise typer.Exit(status)


@app.command()
def fuzz(
    inputs: Annotated[int, typer.Option(min=1, help="How many inputs to try.")] = 100_000,
) -> None:
    """Feed damaged input to the wire and the readers. Exit status 1: one of them gave way."""
    with told_in_a_sentence():
        chosen(CHOSEN)
        from proofs.attacks.fuzz import fuzz as run_fuzz

        status = run_fuzz(inputs)
    raise typer.Exit(status)


@app.command()
def load(
    submissions: Annotated[int, typer.Option(min=0, help="How many to grade; 0: none.")] = 1000,
    kills: Annotated[int, typer.Option(min=0, help="How many runs to kill; 0: none.")] = 50,
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at once; 0: one a core.")] = 0,
    output: Annotated[Path, typer.Option(help="The page to write.")] = DOCS / "load.md",
) -> None:
    """Grade a thousand mixed submissions; kill fifty runs. Exit status 1: something was lost."""
    with told_in_a_sentence():
        chosen(CHOSEN)
        from proofs.endurance.command import load as run_load

        status = run_load(submissions, kills, jobs or cores(), output)
    raise typer.Exit(status)


def _write(page: str, output: Path) -> None:
    """Write a page, and show it."""
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, encoding="utf-8")
    typer.echo(page)


def main() -> None:
    """Runs the command that the arguments name."""
    interrupt.run(app)
