"""The lesson with a question more and two fewer: it can be released and graded as it is then."""

import json
import re
import shutil
from typing import Any

import pytest

from autograder.course.assignment import read_assignment
from autograder.course.build.master import read_master
from autograder.course.build.otter_assign import read_json, write_json
from autograder.course.build.products import Built, build
from autograder.course.plant import student_notebook, with_answers, write_notebook
from autograder.judge.start import open_engine, seed_for
from autograder.records import Grade, Submission
from autograder.release import leaks
from autograder.release.release import helper_text, release_files
from autograder.release.release_gate import problems
from tests.support import small_assignment as small
from tests.support.assignments import LESSON

pytestmark = pytest.mark.slow
DROPPED = {"q3": 8, "q18": 5}
"""Questions and their points: one that others build on, and one that a person marks in part."""
ADDED = small.question(
    "q22",
    3,
    'def brighter(image):\n    """Return the image, twice as bright."""\n'
    "    # BEGIN SOLUTION\n    doubled_pixels = 2 * image\n    return doubled_pixels\n"
    "    # END SOLUTION",
    small.public_test(
        "q22_example(brighter)",
        1,
        '    """A row"""\n    import torch\n    from cnnlab.checks import Case, compare\n\n'
        '    row = torch.tensor([1.0, 2.0])\n    cases = [Case("a row", (row,))]\n'
        '    compare("q22", "brighter", brighter, cases, lambda image: 2 * image, public=True)',
    ),
    small.hidden_test(
        "q22_images(brighter)",
        2,
        '    """Images"""\n    from cnnlab.cases import generator, images\n'
        "    from cnnlab.checks import Case, compare\n\n"
        '    cases = [Case("five images", (images("q22", 5),))]\n'
        '    compare("q22", "brighter", brighter, cases, lambda image: 2 * image)',
    ),
)


def changed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the master notebook with q22 before its end, and without the questions dropped."""
    cells, name = list[dict[str, Any]](), ""
    for cell in document["cells"]:
        source = "".join(cell["source"])
        if begins := re.match(r"# BEGIN QUESTION\nname: (\w+)", source):
            name = begins[1]
        if name not in DROPPED:
            cells.append(cell)
        if source.startswith("# END QUESTION"):
            name = ""
    place = next(
        place for place, cell in enumerate(cells) if "## Sign-off" in "".join(cell["source"])
    )
    added = small.notebook(ADDED)["cells"]
    cells[place:place] = [cell | {"id": f"q22-{cell['id']}"} for cell in added]
    return document | {"cells": cells}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("other") / "assignment"
    shutil.copytree(LESSON.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    write_json(folder / LESSON.notebook, changed(read_json(folder / LESSON.notebook)))
    settings = (folder / "course.toml").read_text("utf-8")
    totals = LESSON.course.totals
    for before, now in (
        (f"core = {totals.core:g}", f"core = {totals.core - DROPPED['q3']:g}"),
        (f"bonus = {totals.bonus:g}", f"bonus = {totals.bonus - DROPPED['q18'] + 3:g}"),
    ):
        assert settings.count(before) == 1
        settings = settings.replace(before, now)
    (folder / "course.toml").write_text(settings, "utf-8")
    return build(read_assignment(folder), folder.parent / "build")


def test_the_gate_lets_it_through(built: Built) -> None:
    files, master = release_files(built), read_master(built.assignment.master)
    known = leaks.secrets(master, {}, helper_text(files))
    totals = built.assignment.course.totals
    assert problems(files, master, known, totals, built.assignment.notebook) == []
    assert "doubled_pixels" not in json.dumps(read_json(built.released))


@pytest.fixture(scope="module")
def grades(built: Built, tmp_path_factory: pytest.TempPathFactory) -> list[Grade]:
    """Of who answers q1 and q22, right and wrong, and of who hands in what was released before."""
    place = tmp_path_factory.mktemp("handed-in")
    blank = student_notebook(built)
    found = list[Grade]()
    course = built.assignment.course
    with open_engine(course, built, "cpu", seed_for(built)) as engine:
        for number, factor in enumerate((2, 3)):
            answer = f"def brighter(image):\n    return {factor} * image"
            file = place / f"{number}.ipynb"
            write_notebook(with_answers(blank, {"q22": answer}), file)
            found.append(engine.grade(Submission(str(number), file))[0])
    return found


def test_who_answers_the_new_question_gets_its_points(grades: list[Grade]) -> None:
    right, wrong = ({each.question: each.score for each in grade.questions} for grade in grades)
    assert (right["q22"], wrong["q22"]) == (3, 0)
    assert {name for name, points in right.items() if points} == {"q22"}
    assert not any(grade.needs_review for grade in grades)


def test_what_was_dropped_is_asked_of_nobody(grades: list[Grade]) -> None:
    assert not {each.question for grade in grades for each in grade.questions} & {*DROPPED}
    assert grades[0].max_score == LESSON.course.totals.core - DROPPED["q3"]
