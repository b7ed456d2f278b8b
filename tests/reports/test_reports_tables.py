"""Tables of numbers: drawn as heat maps, and those of counts added up for a class."""

import random
import re
from dataclasses import replace
from typing import Any

import pytest

from autograder.classroom.page.class_report import class_page
from autograder.classroom.reading import read_class
from autograder.reports.evidence import evidence_of
from autograder.reports.feedback import page
from autograder.reports.kinds.table import Table, together
from labkit import evidence
from tests.support.evidence import confusions, recorded
from tests.support.sample_class import confusion, ordinary_grade, write_class
from tests.support.sample_grades import COMPLETED, case, question


def table_of(shown: dict[str, Any]) -> Table:
    (found,) = evidence_of(
        [question("q1", replace(case("A check"), evidence=shown))], ("table",)
    ).values()
    assert isinstance(found, Table)
    return found


def counted(*counts: list[float]) -> Table:
    return table_of(confusions(list(counts)))


@pytest.mark.parametrize("counts", [[[-1.0, 2.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]])
def test_counts_below_zero_or_of_nothing_are_no_table(counts: list[list[float]]) -> None:
    form = confusions([[1.0, 0.0], [0.0, 1.0]])["confusion"] | {"numbers": counts}
    shown = replace(case("A check"), evidence={"confusion": form})
    assert evidence_of([question("q1", shown)]) == {}


def test_the_heat_map_is_described_and_follows_the_page_colours() -> None:
    table = counted(*confusion(900, random.Random(1)))
    drawing = table.drawing("q12")
    assert re.search(r'role="img" aria-labelledby="(\S+)-title \1-text"', drawing)
    assert "Rows: true digit; columns: read as. Your model read" in drawing
    assert "var(--accent)" in drawing and "#0001" not in drawing
    assert "<style" not in drawing and "<metadata" not in drawing
    assert table.drawing("q12") == drawing


def test_a_table_of_other_numbers_has_any_form_and_sign() -> None:
    named = {"rows": ("day", ["Monday", "Tuesday"]), "columns": ("", ["rain", "wind", "sun"])}

    def show() -> None:
        numbers = [[0.5, -12.25, 0.0], [1234567.0, 0.001, 3.0]]
        evidence.show_table("weather", numbers, "Two days.", title="Weather", **named)

    drawing = table_of(recorded(show)).drawing("q1")
    for part in ("Monday", "wind", ">0.5<", ">-12.2<", ">1.23e+06<"):
        assert part in drawing


def test_a_class_adds_up_its_counts_and_says_what_is_mistaken_most() -> None:
    both = together([counted([8.0, 2.0], [0.0, 10.0]), counted([9.0, 1.0], [4.0, 6.0])], "All")
    assert both is not None and both.numbers == [[17.0, 3.0], [4.0, 16.0]]
    assert both.words == (
        "All: 40 counted, 82.50 % of them on the diagonal. Most often beside it:"
        " true digit 1, read as 0 (4 times); true digit 0, read as 1 (3 times)."
    )


def test_counts_of_other_forms_are_not_added_up() -> None:
    assert together([], "All") is None
    three = counted([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0])
    assert together([counted([1.0, 0.0], [0.0, 1.0]), three], "All") is None


def test_feedback_shows_how_the_students_own_model_mixes_up_digits() -> None:
    found = page(ordinary_grade("student_001", random.Random(1)))
    assert found.count("<svg") == 4
    assert "<figcaption>Your model read" in found


def test_the_class_report_collects_numbers_and_counts(tmp_path: Any) -> None:
    rng = random.Random(1)
    views = write_class(tmp_path, [ordinary_grade(f"student_00{n}", rng) for n in (1, 2)])
    found = class_page(read_class(views), [], [], {})
    assert '<th scope="col" class="points">Accuracy</th>' in found
    assert len(re.findall(r'data-label="Accuracy" data-sort="9\d\.\d+">9\d\.\d\d %', found)) == 2
    assert "<h3>Confusion matrix</h3>" in found and "All notebooks together: " in found


def test_a_class_without_numbers_has_no_column_for_them(tmp_path: Any) -> None:
    assert "Accuracy" not in class_page(read_class(write_class(tmp_path, [COMPLETED])), [], [], {})
