"""The reports in a real browser: hostile text stays text, nothing is loaded, all can be used."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.classroom.report import write_class_report
from tests.support.browser import Visit, browser
from tests.support.hostile_class import ATTACKS, hostile_class
from tests.support.sample_class import STARTER, executed, sample_class


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def grades(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grades")
    views = hostile_class(folder)
    release = folder / "release.ipynb"
    release.write_text(json.dumps(executed(STARTER)))
    write_class_report(views, release)
    return folder


def visit(chrome: Any, path: Path, **options: Any) -> Visit:
    page = chrome.new_page(**options)
    visited = Visit(page)
    visited.listen()
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    return visited


def pages(grades: Path) -> list[Path]:
    feedback = sorted(grades.glob("students/*/feedback.html"))
    return [grades / "class-report.html", *feedback]


@dataclass(frozen=True)
class Read:
    """What came of one page with hostile text."""

    address: str
    hacked: Any
    requests: list[str]
    complaints: list[str]
    elements: int
    handlers: int
    links: list[str]
    text: str


@pytest.fixture(scope="module")
def read(chrome: Any, grades: Path) -> list[Read]:
    """Every page of the class in which all texts are hostile, each opened once."""
    assert len(pages(grades)) == len(ATTACKS) + 2
    found: list[Read] = []
    for path in pages(grades):
        visited = visit(chrome, path)
        page = visited.page
        page.wait_for_timeout(50)
        attributes = "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes])"
        found.append(
            Read(
                path.as_uri(),
                page.evaluate("window.hacked"),
                visited.requests,
                visited.complaints,
                page.evaluate("document.querySelectorAll('iframe, img, base, object').length"),
                page.evaluate(f"{attributes}.filter(a => a.name.startsWith('on')).length"),
                page.evaluate("[...document.links].map(a => a.getAttribute('href'))"),
                page.evaluate("document.body.innerText"),
            )
        )
        page.close()
    return found


def test_hostile_text_runs_nothing_loads_nothing_and_leads_nowhere(read: list[Read]) -> None:
    for page in read:
        assert page.hacked is None
        assert (page.requests, page.complaints) == ([page.address], [])
        assert (page.elements, page.handlers) == (0, 0)
        assert all(link.startswith(("#", "students/", "executed.ipynb")) for link in page.links)


def test_hostile_text_is_read_as_it_is_without_what_cannot_be_seen(read: list[Read]) -> None:
    for page in read:
        assert not {"\x1b", "\u202e", "\x07", "\x9b"} & set(page.text)
    assert read[0].address.endswith("class-report.html")
    assert "<img src=x onerror='window.hacked = …'>" in read[0].text
    assert "{{ 7 * 7 }}" in read[0].text


def test_a_script_that_got_into_the_page_would_not_run(
    chrome: Any, grades: Path, tmp_path: Path
) -> None:
    source = (grades / "class-report.html").read_text()
    injected = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>"
    path = tmp_path / "injected.html"
    path.write_text(source.replace("</main>", f"{injected}</main>"))
    page = visit(chrome, path).page
    assert page.locator("img").count() == 1
    page.wait_for_timeout(100)
    assert page.evaluate("window.hacked") is None
    page.close()


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ordinary")
    views = sample_class(folder)
    release = folder / "release.ipynb"
    release.write_text(json.dumps(executed(STARTER)))
    return write_class_report(views, release)


def first_column(page: Any) -> list[str]:
    return page.evaluate(
        "[...document.querySelectorAll('#students-table tbody tr')]"
        ".filter(row => !row.hidden).map(row => row.cells[0].textContent.trim())"
    )


def test_the_table_is_sorted_by_keyboard_and_says_so(chrome: Any, ordinary: Path) -> None:
    page = visit(chrome, ordinary).page
    header = page.locator("#students-table th", has_text="Points of")
    header.locator("button").focus()
    page.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "ascending"
    cells = "[...document.querySelectorAll('#students-table tbody tr')].map(r => r.cells[2])"
    values = page.evaluate(f"{cells}.map(cell => cell.dataset.sort)")
    numbers = [float(value) for value in values if value]
    assert numbers == sorted(numbers)
    assert values[-1] == ""
    page.keyboard.press("Enter")
    values = page.evaluate(f"{cells}.map(cell => cell.dataset.sort)")
    assert [float(value) for value in values if value] == numbers[::-1]
    assert values[-1] == ""
    page.close()


@pytest.mark.parametrize("column", ["Seconds", "Memory"])
def test_time_and_memory_can_be_sorted(chrome: Any, ordinary: Path, column: str) -> None:
    page = visit(chrome, ordinary).page
    header = page.locator("#students-table th", has_text=column)
    assert not header.is_visible()
    page.check("#measures")
    header.locator("button").click()
    place = header.evaluate("header => header.cellIndex")
    rows = "[...document.querySelectorAll('#students-table tbody tr')]"
    shown = page.evaluate(f"{rows}.map(row => row.cells[{place}].textContent.trim())")
    numbers = [float(text) for text in shown if text]
    assert numbers == sorted(numbers) and len(numbers) >= 14
    assert all(shown[: len(numbers)])
    page.close()


def test_students_are_found_by_name_ending_and_outcome(chrome: Any, ordinary: Path) -> None:
    page = visit(chrome, ordinary).page
    for words, found in (
        ("student_003", ["student_003"]),
        ("time limit", ["student_005"]),
        ("review", ["student_90", "student_91"]),
        ("no such student", []),
    ):
        page.fill("#search", words)
        assert first_column(page) == found
        assert page.inner_text("#found").startswith(f"{len(found)} of ")
    page.fill("#search", "")
    assert len(first_column(page)) == 17
    page.close()


def test_an_outcome_behind_a_question_is_that_questions(chrome: Any, ordinary: Path) -> None:
    page = visit(chrome, ordinary).page
    rows = "[...document.querySelectorAll('#students-table tbody tr')]"
    page.fill("#search", "q3 not yet")
    expected = page.evaluate(
        f"{rows}.filter(row => /(^|;)q3 [^;]*not yet/.test(row.dataset.outcomes))"
        ".map(row => row.cells[0].textContent.trim())"
    )
    everybody = page.evaluate(
        f"{rows}.filter(row => row.dataset.outcomes.includes('not yet')).length"
    )
    assert first_column(page) == expected and 0 < len(expected) < everybody
    page.fill("#search", f"q3 not yet {expected[0]}")
    assert first_column(page) == expected[:1]
    page.fill("#search", "q3 not yet q5 passed")
    assert set(first_column(page)) < set(expected)
    page.close()


def test_on_a_phone_students_are_cards_that_show_every_question(
    chrome: Any, ordinary: Path
) -> None:
    context = chrome.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(ordinary.as_uri())
    cells = page.locator("#students-table tbody tr").nth(1).locator("td.points:visible")
    assert cells.count() >= 5
    for box in cells.evaluate_all("cells => cells.map(cell => cell.getBoundingClientRect().right)"):
        assert box <= 390
    context.close()


def test_without_scripts_the_page_is_complete(chrome: Any, ordinary: Path) -> None:
    context = chrome.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(ordinary.as_uri())
    assert page.locator("#students-table tbody tr").count() == 17
    assert not page.locator("#tools").is_visible()
    assert page.locator("#students-table button").count() == 0
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_no_page_is_wider_than_the_screen(
    chrome: Any, ordinary: Path, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 800}
    for path in (ordinary, next(ordinary.parent.glob("students/student_005/feedback.html"))):
        page = visit(chrome, path, viewport=size, color_scheme=scheme).page
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


def test_the_pictures_on_a_students_page_are_seen_and_load_nothing(
    chrome: Any, ordinary: Path
) -> None:
    path = ordinary.parent / "students" / "student_001" / "feedback.html"
    visited = visit(chrome, path, viewport={"width": 360, "height": 800})
    figures = visited.page.locator("figure svg[role=img]")
    names = figures.evaluate_all("all => all.map(each => each.querySelector('title').textContent)")
    assert names == [
        "q12: expected and what came",
        "q12: a digit and its feature maps",
        "q12: learning curve",
        "q12: confusion matrix",
    ]
    boxes = [figure.bounding_box() for figure in figures.all()]
    assert all(box["width"] > 200 and box["height"] > 60 for box in boxes)
    maps = visited.page.locator("figure image")
    assert maps.count() == 9
    assert all(box["width"] > 60 for box in (each.bounding_box() for each in maps.all()))
    assert visited.requests == [path.as_uri()] and visited.complaints == []
    visited.page.close()


def test_figures_are_images_with_a_name_and_a_description(chrome: Any, ordinary: Path) -> None:
    page = visit(chrome, ordinary).page
    figures = page.locator("svg[role=img]")
    assert figures.count() == 5
    described = page.evaluate(
        "[...document.querySelectorAll('svg[role=img]')].map(figure => "
        "figure.getAttribute('aria-labelledby').split(' ')"
        ".map(id => document.getElementById(id).textContent))"
    )
    assert [title for title, _ in described] == [
        "Scores",
        "Accuracy",
        "Time to grade",
        "Memory at the peak",
        "All notebooks together: confusion matrix",
    ]
    assert all(len(text) > 40 for _, text in described)
    page.close()
