"""The command line of the proofs: `python -m proofs verify`, `attack`, `guards`, and the others.

They prove the kit, and grade nobody: nothing of the engine imports them, and nothing of them is
uploaded to Gradescope.
"""

from pathlib import Path
from typing import Annotated

import typer

from autograder import interrupt
from autograder.cli.common import CHOSEN, Chosen, chosen, cores
from autograder.paths import DOCS
from proofs.harness import Result, proof

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Proves the checks and the engine, and measures them.",
)

Jobs = Annotated[int, typer.Option(min=0, help="How many at once; 0: one a core.")]
Trainings = Annotated[int, typer.Option(min=1, help="Trainings at once.")]
Submissions = Annotated[int, typer.Option(min=1, help="How many correct submissions.")]
Output = Annotated[Path, typer.Option(help="The page to write.")]


@proof(app)
def verify(
    assignment: Chosen = CHOSEN,
    jobs: Jobs = 0,
    seeds: Annotated[int, typer.Option(min=1, help="Seeds for solution and blank.")] = 20,
    question: Annotated[list[str] | None, typer.Option(help="Only this one; repeatable.")] = None,
) -> Result:
    """Prove the checks: plant every known mistake. Exit status 1: something does not hold."""
    from proofs.verify.command import verify

    return verify(chosen(assignment), jobs or cores(), seeds, frozenset(question or ()))


@proof(app)
def attack(
    jobs: Jobs = 0,
    only: Annotated[str, typer.Option(help="Only those with this in group or name.")] = "",
) -> Result:
    """Attack the engine at three tiers of isolation. Exit status 1: something did not hold."""
    from proofs.attacks.command import attack

    return attack(jobs or cores(), only)


@proof(app)
def guards(
    jobs: Jobs = 0,
    only: Annotated[str, typer.Option(help="Only those with this in area or id.")] = "",
) -> Result:
    """Break every guard in a copy; something must fail. Exit status 1: nobody noticed one."""
    from proofs.guards.command import guards

    return guards(jobs or cores(), only)


@proof(app)
def fuzz(
    inputs: Annotated[int, typer.Option(min=1, help="How many inputs to try.")] = 100_000,
) -> Result:
    """Feed damaged input to the wire and the readers. Exit status 1: one of them gave way."""
    from proofs.attacks.fuzz import fuzz

    return fuzz(inputs)


@proof(app)
def load(
    submissions: Annotated[int, typer.Option(min=0, help="How many to grade; 0: none.")] = 1000,
    kills: Annotated[int, typer.Option(min=0, help="How many runs to kill; 0: none.")] = 50,
    jobs: Jobs = 0,
    output: Output = DOCS / "load.md",
) -> Result:
    """Grade a thousand mixed submissions; kill fifty runs. Exit status 1: something was lost."""
    from proofs.endurance.command import load

    return load(submissions, kills, jobs or cores(), output)


@proof(app)
def bench(
    submissions: Submissions = 12,
    skip_memory: Annotated[
        bool, typer.Option("--skip-memory", help="Leave out the longest part.")
    ] = False,
    output: Output = DOCS / "benchmark.md",
) -> Result:
    """Measure the engine against stock otter run, both grading the same correct submissions."""
    from proofs.bench.command import measure
    from proofs.bench.report import ratios, report

    measured = measure(submissions, not skip_memory)
    return Result(ratios(measured), page=report(measured), file=output)


@proof(app)
def bench_cluster(
    submissions: Submissions = 6,
    simulated: Annotated[int, typer.Option(min=10, help="Tasks with a recorded grade.")] = 5000,
    kills: Annotated[int, typer.Option(min=1, help="Workers to kill.")] = 50,
    only: Annotated[
        str, typer.Option(help="efficiency, overhead, memory or kills alone: no page is written.")
    ] = "",
    output: Output = DOCS / "cluster.md",
) -> Result:
    """Measure grading on Dask's workers. Exit status 1: a bar isn't met."""
    from proofs.bench.cluster.command import measure

    return measure(submissions, simulated, kills, only, output)


@proof(app)
def pages(
    students: Annotated[int, typer.Option(min=2, help="How many there are in the class.")] = 1000,
    output: Output = DOCS / "desk.md",
) -> Result:
    """Measure the desk's pages with a large class. Exit status 1: one takes too long."""
    from proofs.bench.desk_pages import measure

    return measure(students, output)


@proof(app)
def fit(output: Output = DOCS / "gradescope-fit.md") -> Result:
    """Measure what grading needs against Gradescope's containers."""
    from proofs.fit import last_line, measure, page

    measured = measure()
    return Result(last_line(measured), page=page(measured), file=output)


@proof(app)
def calibrate(
    runs: Annotated[int, typer.Option(help="Trainings of each recipe on each device.")] = 50,
    device: Annotated[list[str] | None, typer.Option(help="cpu or cuda; repeatable.")] = None,
    jobs: Trainings = 2,
) -> Result:
    """Train the reference networks, and write the thresholds of q12 and q18."""
    from proofs.calibrate import calibrate

    return calibrate(runs, device or (), jobs)


@proof(app)
def fairness(
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of each set-up.")] = 3,
    jobs: Trainings = 2,
    only: Annotated[str, typer.Option(help="Train this set-up once; print what was found.")] = "",
    output: Output = DOCS / "fairness.md",
) -> Result:
    """Train what honest students train, and see who passes q12."""
    from proofs.fairness import as_json, measure
    from proofs.fairness_page import last_line, page

    if only:
        return Result(as_json(only))
    found, processors = measure(seeds, jobs)
    return Result(last_line(found), page=page(found, processors), file=output)


def main() -> None:
    """Run the command that the arguments name; pools of processes end with it."""
    with interrupt.told(interrupt.end_children):
        interrupt.run(app)
