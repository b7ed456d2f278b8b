"""The class report: what it counts, and that it can be written anew from what was kept."""

import json
import re
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.classroom.page.class_report import class_page
from autograder.classroom.page.class_summary import masked, question_summaries, scored
from autograder.classroom.reading import ClassGrades, Graded, read_class
from autograder.classroom.report import CLASS_REPORT, write_class_report
from autograder.classroom.views import Views
from autograder.cli.app import app
from autograder.records import ByHand, Grade, Outcome
from autograder.store.store import Store
from autograder.store.writing import StoreError
from tests.support.sample_class import (
    COPIED,
    ISOLATION,
    OWN,
    QUESTIONS,
    STARTER,
    executed,
    sample_class,
    write_class,
)
from tests.support.sample_grades import (
    AT_FAULT,
    COMPLETED,
    GRADER_ERROR,
    UNREADABLE,
    case,
    question,
)


def graded(*grades: Grade) -> list[Graded]:
    return [Graded(grade, grade.student, None) for grade in grades]


def failing(student: str, *messages: str) -> Grade:
    cases = (case("Stride", Outcome.FAILED, message=message) for message in messages)
    return replace(COMPLETED, student=student, questions=(question("q3", *cases),))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "release.ipynb"
    path.write_text(json.dumps(executed(STARTER)))
    return path


@pytest.fixture(scope="module")
def ordinary(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of an ordinary class, in whose folder no test writes."""
    folder = tmp_path_factory.mktemp("ordinary")
    path = write_class_report(sample_class(folder), release)
    assert path == folder / CLASS_REPORT
    return path


def test_full_part_and_none_are_counted() -> None:
    grades = [
        replace(COMPLETED, questions=(question("q3", *cases),))
        for cases in (
            (case("a"), case("b")),
            (case("a"), case("b", Outcome.FAILED)),
            (case("a", Outcome.FAILED), case("b", Outcome.FAILED)),
        )
    ]
    (summary,) = question_summaries(graded(*grades), ["q3"])
    assert (summary.full, summary.partial, summary.none) == (1, 1, 1)
    assert (summary.mean, summary.worth, summary.percent) == (2.5, 5.0, 50.0)


def test_a_fault_of_the_grader_is_nobodys_failure() -> None:
    grades = [replace(COMPLETED, questions=(AT_FAULT,)), COMPLETED]
    assert question_summaries(graded(*grades), ["q5"]) == ()


def test_the_same_mistake_with_other_numbers_is_one_message_with_both_behind_it() -> None:
    ann = failing("ann", "q3: 7 rows came, not 5", "q3: 9 rows came, not 5 (Seen on a 2×3 image.)")
    bob = failing("bob", "q3: 8 rows came, not -1.5e3")
    (message,) = question_summaries(graded(ann, bob), ["q3"])[0].messages
    assert message.text == "… rows came, not …"
    assert [student.grade.student for student in message.students] == ["ann", "bob"]


def test_the_commonest_message_stands_first() -> None:
    grades = [failing("ann", "rare"), failing("bob", "common"), failing("cid", "common")]
    messages = question_summaries(graded(*grades), ["q3"])[0].messages
    assert [(message.text, len(message.students)) for message in messages] == [
        ("common", 2),
        ("rare", 1),
    ]


def test_names_with_digits_are_no_numbers() -> None:
    assert masked("conv2d: mat1 is 3x4, 0.25 of x") == "conv2d: mat1 is …x4, … of x"


def test_only_decided_totals_of_notebooks_that_ran_make_the_distribution() -> None:
    assert scored(graded(COMPLETED, UNREADABLE, GRADER_ERROR)) == graded(COMPLETED)


def read(views: Views) -> ClassGrades:
    return read_class(views)


def test_a_class_comes_back_as_it_was_graded(tmp_path: Path) -> None:
    stopped = replace(COMPLETED, student="student_002", isolation=ISOLATION)
    found = read(write_class(tmp_path, [stopped, COMPLETED]))
    assert [each.grade for each in found.students] == [COMPLETED, stopped]
    assert (found.run.isolation, found.run.questions) == (ISOLATION, QUESTIONS)


def test_who_was_not_in_the_last_run_stays_in_the_class(tmp_path: Path) -> None:
    write_class(tmp_path, [COMPLETED, replace(COMPLETED, student="earlier")])
    found = read(write_class(tmp_path, [COMPLETED]))
    assert [each.grade.student for each in found.students] == ["earlier", "student_001"]


def test_a_damaged_grade_leaves_the_others(tmp_path: Path) -> None:
    views = write_class(tmp_path, [COMPLETED, replace(COMPLETED, student="student_002")])
    views.store.close()
    with sqlite3.connect(tmp_path / "class.sqlite") as database:
        database.execute("UPDATE grades SET grade = '{' WHERE folder = 'student_002'")
    assert len(read(views).students) == 1


def test_a_folder_without_grades_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Grade the class first"):
        read(Views(Store(tmp_path)))
    assert not any(tmp_path.iterdir())


def test_the_report_of_a_class_names_what_an_instructor_asks(ordinary: Path) -> None:
    text = ordinary.read_text()
    for part in (
        *("student_91", "RuntimeError: secret 42"),
        *("the stride is ignored", "98."),
        *("Something to look at, not a verdict", "2 students with the same answers"),
        *("landlock", "the kernel is older than 5.13", "reached the time limit"),
    ):
        assert part in text


def test_time_and_memory_stand_in_the_table_and_in_figures(tmp_path: Path, release: Path) -> None:
    seconds, megabytes = (8.25, 30.0), (71.4, 250.0)
    grades = [
        replace(COMPLETED, student=f"student_{number:03d}", seconds=took, peak_megabytes=held)
        for number, (took, held) in enumerate(zip(seconds, megabytes, strict=True))
    ]
    grades.append(replace(COMPLETED, student="unknown", peak_megabytes=None))
    text = write_class_report(write_class(tmp_path, grades), release).read_text()
    for part in (
        'data-label="Seconds">8.2</td>',
        'data-label="Memory, MB">71</td>',
        'data-label="Memory, MB">250</td>',
        "2 notebooks: mean 160.7, median 160.7, from 71.4 to 250 MB.",
        "without Python and the libraries",
    ):
        assert part in text


def test_a_class_without_known_memory_has_no_figure_of_it(tmp_path: Path, release: Path) -> None:
    views = write_class(tmp_path, [COMPLETED])
    assert "Memory at the peak" not in write_class_report(views, release).read_text()


def test_every_link_of_the_report_leads_to_a_file(ordinary: Path) -> None:
    text = ordinary.read_text()
    links = set(re.findall(r'href="(students/[^"]+)"', text))
    assert len(links) == 17
    assert all((ordinary.parent / link).is_file() for link in links)


def test_the_same_grades_give_the_same_report(
    tmp_path: Path, release: Path, ordinary: Path
) -> None:
    assert write_class_report(sample_class(tmp_path), release).read_bytes() == ordinary.read_bytes()


def test_what_was_not_attempted_is_apart_from_what_is_wrong(tmp_path: Path, release: Path) -> None:
    wrong = failing("student_001", "wrong")
    blank = replace(
        failing("student_002", "q3: nothing is written yet"),
        questions=(replace(wrong.questions[0], attempted=False),),
    )
    [summary] = question_summaries(graded(wrong, blank), ["q3"])
    assert (summary.none, summary.unattempted, summary.answered) == (1, 1, 2)
    assert [len(message.students) for message in summary.messages] == [1]
    text = write_class_report(write_class(tmp_path, [wrong, blank]), release).read_text()
    assert 'data-outcomes="q3 not attempted;"' in text
    assert '<span class="cell blank" title="not attempted">–</span>' in text


def test_a_part_of_the_points_is_amber_and_none_is_red(tmp_path: Path, release: Path) -> None:
    cases = (case("a"), case("b", Outcome.FAILED, message="wrong"))
    part = replace(COMPLETED, student="student_001", questions=(question("q3", *cases),))
    views = write_class(tmp_path, [part, failing("student_002", "wrong")])
    text = write_class_report(views, release).read_text()
    assert 'class="cell stop" title="in part, not yet right"' in text
    assert 'class="cell bad" title="not yet right"' in text


@pytest.mark.parametrize(
    ("part", "tone", "full"),
    [
        (ByHand(2.0, "It finds edges."), "good", 1),
        (ByHand(2.0, "It finds edges.", 0.5), "stop", 0),
        (ByHand(2.0, "It finds edges.", 2.0), "good", 1),
    ],
)
def test_what_a_person_gave_counts_among_the_points_of_a_question(
    tmp_path: Path, release: Path, part: ByHand, tone: str, full: int
) -> None:
    whole = question("q3", case("a"))
    whole = replace(whole, score=whole.score + (part.points or 0), by_hand=part)
    grade = replace(COMPLETED, questions=(whole,))
    [summary] = question_summaries(graded(grade), ["q3"])
    assert (summary.worth, summary.full) == (whole.max_score + 2, full)
    text = write_class_report(write_class(tmp_path, [grade]), release).read_text()
    assert f'class="cell {tone}"' in text


def test_a_ring_is_one_group_and_fills_no_places_of_pairs(tmp_path: Path, release: Path) -> None:
    names = [f"student_{number:03d}" for number in range(30)]
    ring = {name: {"q3": COPIED} for name in names[:12]}
    own = {
        name: {"q3": f"{OWN}\n# {name}\nvalue_{name} = {place}"}
        for place, name in enumerate(names[12:])
    }
    views = write_class(tmp_path, [replace(COMPLETED, student=n) for n in names], ring | own)
    text = write_class_report(views, release).read_text()
    assert "12 students with the same answers" in text
    assert "student_000 and student_001" not in text


def test_questions_have_their_titles(tmp_path: Path, release: Path) -> None:
    views = sample_class(tmp_path)
    views.showing = replace(views.showing, titles={"q3": "Strides"})
    assert "q3 · Strides" in write_class_report(views, release).read_text()


def test_isolation_is_told_in_one_line(ordinary: Path) -> None:
    assert "Of 3 layers 2 did not hold: landlock, seccomp." in ordinary.read_text()


def test_a_class_in_which_nothing_could_be_graded_has_a_report(tmp_path: Path) -> None:
    text = class_page(read(write_class(tmp_path, [UNREADABLE])), (), (), {})
    assert "No notebook has marks yet" in text


def test_an_answer_under_a_question_that_is_none_is_not_compared(
    tmp_path: Path, release: Path
) -> None:
    names = ("ann", "bob")
    answers = {name: {"q99": "x = torch.zeros(1) + torch.ones(2)\n" * 9} for name in names}
    grades = [replace(COMPLETED, student=name) for name in names]
    views = write_class(tmp_path, grades, answers)
    assert "No two students share" in write_class_report(views, release).read_text()


def test_the_command_says_what_to_do_where_there_are_no_grades(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["report", str(tmp_path)])
    assert done.exit_code == 2
    assert "make grade" in done.output
