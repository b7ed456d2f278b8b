"""Grades public otter assignments twice, by stock `otter run` and by this kit, and compares marks.

    git clone --bare https://github.com/OWNER/NAME CLONES/OWNER+NAME/repo      for each in SOURCES
    python scripts/otter_parity.py CLONES [--only WORD] [--json FILE]

Nothing of theirs is kept: everything happens in a temporary folder. The table that is printed at
the end is what docs/otter.md shows. Solved notebooks are graded as they are, blank, and with every
second answer taken out; of assignments that are published without a solution, the blank notebook.
"""

import argparse
import contextlib
import copy
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from autograder.adopt.adopt import SOLUTION, Adopted, adopt
from autograder.adopt.trial import tried
from autograder.course.assignment import read_assignment
from autograder.course.build.products import ensure_built
from autograder.errors import KitError
from autograder.judge.start import open_engine, seed_for
from autograder.records import Submission

ASSIGN = "test/test_assign/files/"
GRADE = "test/test_grade/files/"


@dataclass(frozen=True)
class Source:
    """A repository, at a commit, and the assignments in it."""

    repository: str
    commit: str
    masters: tuple[str, ...] = ()
    """Master notebooks."""
    notebooks: tuple[str, ...] = ()
    """Students' notebooks with their tests in the metadata or in a folder `tests` beside them."""
    submissions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """More submissions, by the assignment's path: folders of notebooks."""


def _numbered(form: str, *numbers: int) -> tuple[str, ...]:
    return tuple(form.format(n=f"{number:02d}") for number in numbers)


SOURCES = (
    Source(
        "ucbds-infra/otter-grader",
        "4059e7ae536b64a9d9b18c0d693a4a88dc3e255a",
        masters=(
            f"{ASSIGN}example.ipynb",
            f"{ASSIGN}exception-example.ipynb",
            f"{ASSIGN}generate-otter.ipynb",
            f"{ASSIGN}generate-gradescope.ipynb",
            f"{ASSIGN}generate-pdf.ipynb",
            "docs/_static/notebooks/assign-full-example-v1.ipynb",
            "docs/tutorial/demo.ipynb",
            "examples/data-88e-proj03/proj03.ipynb",
            "examples/data-88e-proj03-exception/proj03.ipynb",
        ),
        notebooks=(f"{GRADE}notebooks/passesAll.ipynb",),
        submissions={
            "docs/tutorial/demo.ipynb": ("docs/tutorial/submissions/ipynbs",),
            f"{GRADE}notebooks/passesAll.ipynb": (f"{GRADE}notebooks",),
        },
    ),
    Source(
        "TRU-CS/autograder",
        "bcc9fdc36f2ff4e9ee286ace64e53d4b42760b67",
        masters=("sample-jupyter/template.ipynb",),
    ),
    Source(
        "DS-100/fa22",
        "8b5c8a0395e3376e7961de1248938c6d69e17a13",
        notebooks=(
            *_numbered("lab/lab{n}/lab{n}.ipynb", *range(1, 15)),
            *_numbered("hw/hw{n}/hw{n}.ipynb", 2, 3, 4, 7, 8, 9),
        ),
    ),
    Source(
        "nalderto/POL300-Public",
        "2cb22e13f1b96f26e98c509aea3672cd8d9cde1b",
        notebooks=(
            *(
                f"modules/module-{n}/module-{n}-exercise/module-{n}-exercise.ipynb"
                for n in range(1, 7)
            ),
            *(f"modules/module-{n}/module-{n}-project/module-{n}-project.ipynb" for n in (2, 4, 5)),
        ),
    ),
    Source(
        "data-8/materials-fa22",
        "f6d2d1aaf85515f1c9febe873f3f75adcef96142",
        notebooks=(
            *_numbered("materials/fa22/hw/hw{n}/hw{n}.ipynb", *range(1, 13)),
            *_numbered("materials/fa22/lab/lab{n}/lab{n}.ipynb", *range(1, 11)),
        ),
    ),
)


@dataclass
class Compared:
    """What came of one assignment."""

    name: str
    questions: int = 0
    equal: int = 0
    outside: int = 0
    asked: int = 0
    stock_seconds: list[float] = field(default_factory=list)
    own_seconds: list[float] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    problem: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", type=Path)
    parser.add_argument("--only", default="", help="Assignments whose place has this word.")
    parser.add_argument("--json", type=Path, help="Where to write all that was found.")
    given = parser.parse_args()
    found: list[Compared] = []
    for source in SOURCES:
        clone = given.clones / source.repository.replace("/", "+") / "repo"
        for place in (*source.masters, *source.notebooks):
            if given.only not in f"{source.repository}/{place}":
                continue
            one = Compared(f"{source.repository}/{place}")
            if clone.is_dir():
                with tempfile.TemporaryDirectory(prefix="parity-") as aside:
                    compare(source, clone, place, Path(aside), one)
            else:
                one.problem = f"fetch https://github.com/{source.repository} into {clone}"
            found.append(one)
            print(told(one), flush=True)
            if given.json:
                given.json.write_text(json.dumps([vars(each) for each in found], indent=1))
    print(table(found))


def compare(source: Source, clone: Path, place: str, aside: Path, one: Compared) -> None:
    """Grade the assignment at `place` in both ways."""
    try:
        folder = checked_out(clone, source.commit, str(Path(place).parent), aside / "tree")
        for up in (Path(place).parent, Path(place).parent.parent):
            with contextlib.suppress(subprocess.CalledProcessError):
                checked_out(clone, source.commit, f"{up}/tests", aside / "tree")
        master = place in source.masters
        notebook = folder / Path(place).name
        archive = notebook if master else zipped(notebook, aside / "made.zip")
        done = adopt(archive, aside / "adopted", None if master else notebook)
        if done.solved:
            done, _ = tried(done)
        submissions = list(handed_in(source, clone, place, done, aside))
        own = list(ours(done, submissions, aside, one))
    except (KitError, OSError, ValueError, KeyError, StopIteration) as problem:
        one.problem = f"{type(problem).__name__}: {problem}".splitlines()[0]
        return
    except Exception as problem:
        one.problem = f"no sandbox: {problem}".splitlines()[0]
        return
    one.outside = sum(where == "outside" for where in done.where.values())
    one.asked = len(done.where)
    repacked = repack(done, aside / "stock.zip")
    for submission, marks in zip(submissions, own, strict=True):
        started = time.monotonic()
        stock = stock_marks(submission, repacked)
        one.stock_seconds.append(time.monotonic() - started)
        if isinstance(stock, str):
            one.differences.append(f"{submission.stem}: stock otter stopped: {stock}")
            continue
        for question, (points, message) in marks.items():
            if question not in stock:
                continue
            one.questions += 1
            if abs(stock[question] - points) < 1e-6:
                one.equal += 1
            else:
                one.differences.append(
                    f"{submission.stem} {question}: stock {stock[question]:g}, here {points:g}. "
                    f"{message[:300]}"
                )


def checked_out(clone: Path, commit: str, folder: str, into: Path) -> Path:
    """Write the files of `folder` at `commit` below `into`; return where they stand."""
    into.mkdir(parents=True, exist_ok=True)
    packed = subprocess.run(
        ["git", f"--git-dir={clone}", "archive", commit, folder], check=False, capture_output=True
    )
    subprocess.run(["tar", "-x", "-C", into], input=packed.stdout, check=True)
    return into / folder


def zipped(notebook: Path, path: Path) -> Path:
    """Write what otter would generate for a published notebook."""
    document = json.loads(notebook.read_bytes())
    own = document["metadata"].get("otter", {})
    tests = {name: test_source(spec) for name, spec in own.get("tests", {}).items()}
    beside = next(
        (p for p in (notebook.parent / "tests", notebook.parent.parent / "tests") if p.is_dir()),
        None,
    )
    for file in sorted(beside.glob("*.py")) if beside else ():
        tests.setdefault(file.stem, file.read_text("utf-8"))
    tests.pop("__init__", None)
    if not tests:
        raise ValueError("no tests are published with it")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tests.items():
            archive.writestr(f"tests/{name}.py", text)
        archive.writestr("otter_config.json", "{}")
        for file in sorted(notebook.parent.rglob("*")):
            inside = file.relative_to(notebook.parent)
            if file.is_file() and file.suffix != ".ipynb" and inside.parts[0] != "tests":
                archive.write(file, f"files/{inside.as_posix()}")
    return path


def test_source(spec: Any) -> str:
    return spec if isinstance(spec, str) else f"OK_FORMAT = True\n\ntest = {spec!r}\n"


def repack(done: Adopted, path: Path) -> Path:
    """Write the adopted assignment as a zip for stock otter, which needs OK_FORMAT in each file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in done.files:
            head = "" if "OK_FORMAT" in file.source else f"OK_FORMAT = {file.form == 'ok'}\n"
            archive.writestr(f"tests/{file.question}.py", head + file.source)
        for name, data in done.archive.files.items():
            archive.writestr(f"files/{name}", data)
        config = {
            k: done.archive.config[k] for k in ("seed", "seed_variable") if k in done.archive.config
        }
        archive.writestr("otter_config.json", json.dumps(config))
    return path


def handed_in(
    source: Source, clone: Path, place: str, done: Adopted, aside: Path
) -> Iterator[Path]:
    """Write and name the submissions."""
    folder = aside / "submissions"
    folder.mkdir()
    blank = json.loads((done.folder / done.notebook).read_bytes())
    if done.solved:
        solved = json.loads((done.folder / SOLUTION).read_bytes())
        half = copy.deepcopy(solved)
        answers = [c for c in half["cells"] if "otter_answer_cell" in c["metadata"].get("tags", ())]
        for cell in answers[::2]:
            cell["source"] = "..."
        yield written(folder / "solved.ipynb", solved)
        yield written(folder / "half.ipynb", half)
    yield written(folder / "blank.ipynb", blank)
    for more in source.submissions.get(place, ()):
        given = checked_out(clone, source.commit, more, aside / "more")
        yield from sorted(given.glob("*.ipynb"))


def written(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document))
    return path


def ours(
    done: Adopted, submissions: list[Path], aside: Path, one: Compared
) -> Iterator[dict[str, tuple[float, str]]]:
    assignment = read_assignment(done.folder)
    built = ensure_built(assignment, aside / "build")
    with open_engine(assignment.course, built, "cpu", seed_for(built)) as engine:
        for path in submissions:
            grade, _ = engine.grade(Submission(path.stem, path))
            one.own_seconds.append(grade.seconds)
            if not grade.questions:
                one.differences.append(f"{path.stem}: not graded here: {grade.message}")
            yield {
                each.question: (each.score, " ".join(case.message for case in each.cases))
                for each in grade.questions
            }


def stock_marks(submission: Path, archive: Path) -> dict[str, float] | str:
    """Return the marks that `otter run` gives, by question, or why it gave none."""
    from otter.run import main as otter_run

    before = os.getcwd()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            results = otter_run(
                str(submission), autograder=str(archive), output_dir="", no_logo=True
            )
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"
    finally:
        os.chdir(before)
    if results.catastrophic_error:
        return f"{results.catastrophic_error}"
    return {Path(each.path).stem: float(each.score) for each in results.results.values()}


def told(one: Compared) -> str:
    lines = [f"{one.name}: {one.equal} of {one.questions} equal, {one.problem}"]
    return "\n    ".join([*lines, *one.differences])


def table(found: list[Compared]) -> str:
    """Return the figures as Markdown."""
    rows = ["| Assignment | Questions | Outside | Marks compared | Equal | Stock, s | Here, s |"]
    rows.append("|---|---|---|---|---|---|---|")
    for one in found:
        if one.questions:
            stock, own = (statistics.median(each) for each in (one.stock_seconds, one.own_seconds))
            rows.append(
                f"| {one.name} | {one.asked} | {one.outside} | {one.questions} | {one.equal} "
                f"| {stock:.1f} | {own:.2f} |"
            )
    marks, equal = sum(one.questions for one in found), sum(one.equal for one in found)
    ratios = [
        stock / own
        for one in found
        for stock, own in zip(one.stock_seconds, one.own_seconds, strict=False)
        if own
    ]
    rows.append("")
    if marks:
        rows.append(
            f"{equal} of {marks} marks equal ({100 * equal / marks:.1f} %), {len(ratios)} runs; "
            f"median speed {statistics.median(ratios):.1f} times stock otter's after the start."
        )
    rows += [f"Not compared: {one.name}: {one.problem}" for one in found if not one.questions]
    return "\n".join(rows)


if __name__ == "__main__":
    main()
