"""Train on a GPU as q12 and q18 ask for it; write docs/gpu.md from what gpu_check.sh has found.

python scripts/gpu_page.py calibrate FILE    networks trained on the GPU: accuracies into FILE
python scripts/gpu_page.py page [FOLDER]     the page; without a folder it says: not run yet
"""

import json
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from autograder.course.assignment import default_assignment
from autograder.paths import DOCS
from autograder.store.store import Store
from proofs.harness import machine

PAGE = DOCS / "gpu.md"
RUNS = 12
QUESTIONS = {"q12": "lesson", "q18": "leaderboard"}
"""What is trained, by the names of the recipes in calibration.json."""
STEPS = ("tests", "calibration")
TOO_LONG = 124

NOT_RUN = """\
# On a GPU

`bash scripts/gpu_check.sh` **has not run**: no machine with a GPU was at hand, so nothing is known
here of grading on one. Notebooks that are written for CUDA get their marks on a CPU
(`tests/judge/test_without_gpu.py`).

On a machine with one the script takes at most 12 minutes. It runs the tests that are skipped
without a GPU, trains the networks of q12 and q18 there, grades the example class with
`--device cuda`, 1, 2, 4 and 8 at once, and writes this page anew: the card, seconds a submission,
memory a slot, the ratio to the CPU, and whether each question has the marks that it has on the CPU.
"""


@dataclass(frozen=True)
class Graded:
    """The example class, graded in one way."""

    device: str
    at_once: int
    status: int
    seconds: tuple[float, ...]
    """Of each submission."""
    points: dict[tuple[str, str], float]
    """By student and question."""
    megabytes: float
    """Most memory of the card that was in use, less what was in use before."""


def main(what: str, *more: str) -> None:
    """Run the part that is asked for."""
    if what == "calibrate":
        Path(more[0]).write_text(json.dumps(calibrated()), encoding="utf-8")
        return
    PAGE.write_text(page(Path(more[0])) if more else NOT_RUN, encoding="utf-8")
    print(f"written to {PAGE.name}")


def calibrated() -> dict[str, list[float]]:
    """Return the accuracies that networks reach which are trained on the GPU, by recipe."""
    default_assignment().make_importable()
    from proofs.calibrate import RECIPES, measure

    return {
        name: [measure(RECIPES[name], seed, "cuda").accuracy for seed in range(RUNS)]
        for name in QUESTIONS.values()
    }


def page(folder: Path) -> str:
    """Return the page on what lies in `folder`."""
    runs = [
        graded(folder, *name)
        for name in sorted(
            (device, int(jobs))
            for device, jobs in (each.stem.split("-") for each in folder.glob("c*-*.status"))
        )
    ]
    card = (folder / "card.txt").read_text(encoding="utf-8").strip()
    cpu = next(each for each in runs if each.device == "cpu")
    rows = "\n".join(_row(each, cpu) for each in runs)
    different = [sentence for each in runs for sentence in differences(cpu, each)]
    marks = "\n".join(f"- {each}" for each in different) or "None."
    return f"""\
# On a GPU

Written by `bash scripts/gpu_check.sh` on {card}; {machine()}.

## The example class

| Device | At once | Seconds a submission | Submissions a minute | Ratio to the CPU | \
Memory of the card a slot |
|---|---:|---:|---:|---:|---:|
{rows}

Seconds are medians; the ratio is that of submissions a minute.

## Marks other than on the CPU, question by question

{marks}

## Networks trained on the GPU

{_calibration(folder)}

## Steps

{_steps(folder, runs)}
"""


def graded(folder: Path, device: str, at_once: int) -> Graded:
    """Return what grading the class in one way has left in `folder`."""
    name = f"{device}-{at_once}"
    grades = []
    if (folder / name).is_dir():
        store = Store(folder / name)
        grades = [kept.grade for kept in store.everybody(light=True)]
        store.close()
    points = {
        (grade.student, result.question): result.score
        for grade in grades
        for result in grade.questions
    }
    seconds = tuple(grade.seconds for grade in grades if grade.questions)
    return Graded(device, at_once, _status(folder, name), seconds, points, _memory(folder / name))


def differences(cpu: Graded, other: Graded) -> list[str]:
    """Say which questions have other marks than on the CPU."""
    return [
        f"{other.device}, {other.at_once} at once: {student}, {question}: "
        f"{_points(other, student, question)} instead of {_points(cpu, student, question)}"
        for student, question in sorted(cpu.points.keys() | other.points.keys())
        if cpu.points.get((student, question)) != other.points.get((student, question))
    ]


def _points(graded: Graded, student: str, question: str) -> str:
    found = graded.points.get((student, question))
    return "no mark" if found is None else f"{found:g}"


def _rate(each: Graded) -> float:
    """Return submissions a minute, as far as their own seconds say it."""
    return 60 * each.at_once / statistics.mean(each.seconds)


def _row(each: Graded, cpu: Graded) -> str:
    start = f"| {each.device} | {each.at_once} |"
    if not each.seconds or not cpu.seconds:
        return f"{start} not graded | | | |"
    memory = f"{each.megabytes / each.at_once:,.0f} MB" if each.device == "cuda" else ""
    ratio = _rate(each) / _rate(cpu)
    seconds = statistics.median(each.seconds)
    return f"{start} {seconds:.1f} | {_rate(each):.0f} | {ratio:.2f} | {memory} |"


def _memory(grades: Path) -> float:
    """Return the megabytes of the card that came into use."""
    watched = grades.with_name(f"{grades.name}.memory")
    if not watched.is_file():
        return 0.0
    lines = watched.read_text(encoding="utf-8").split()
    seen = [float(line) for line in lines if line.isdecimal()]
    return max(seen) - seen[0] if seen else 0.0


def _calibration(folder: Path) -> str:
    default_assignment().make_importable()
    from cnnlab import calibration

    file = folder / "calibration.json"
    if not file.is_file():
        return "None was trained."
    found: dict[str, list[float]] = json.loads(file.read_text(encoding="utf-8"))
    rows = [
        f"| {question} | {len(found[name])} | {statistics.mean(found[name]):.2f} % "
        f"| {min(found[name]):.2f} % | {calibration.reference(name).mean:.2f} % "
        f"| {calibration.reference(name).threshold} % |"
        for question, name in QUESTIONS.items()
    ]
    head = "| Question | Networks | Mean | Lowest | Mean of the record | Threshold |"
    return "\n".join([head, "|---|---:|---:|---:|---:|---:|", *rows])


def _steps(folder: Path, runs: list[Graded]) -> str:
    named = [(name, _status(folder, name)) for name in STEPS]
    # A class with somebody to look at ends with 1.
    named += [
        (f"{each.device}-{each.at_once}", each.status if each.status != 1 else 0) for each in runs
    ]
    return "\n".join(f"- {name}: {_ended(status)}" for name, status in named)


def _ended(status: int) -> str:
    if status == TOO_LONG:
        return "took longer than its time"
    return "done" if status == 0 else f"failed, exit status {status}"


def _status(folder: Path, name: str) -> int:
    file = folder / f"{name}.status"
    return int(file.read_text(encoding="ascii")) if file.is_file() else 1


if __name__ == "__main__":
    main(*sys.argv[1:])
