"""The desk in a real browser: hostile work stays text, other pages get nothing, keys do."""

import json
import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from autograder.store.decisions.reading import read_decisions
from tests.desk.test_desk_deciding import without_pictures
from tests.support.browser import Visit, browser
from tests.support.hostile_class import hostile_class
from tests.support.running_desk import Running, running_desk
from tests.support.sample_class import (
    COPIED,
    OWN,
    STARTER,
    executed,
    ordinary_grade,
    sample_class,
    write_class,
)
from tests.support.sample_grades import GRADER_ERROR


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "release.ipynb"
    path.write_text(json.dumps(executed(STARTER)))
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, release: Path) -> Iterator[Running]:
    with running_desk(hostile_class(tmp_path_factory.mktemp("hostile")), release) as running:
        yield running


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory, release: Path) -> Iterator[Running]:
    with running_desk(sample_class(tmp_path_factory.mktemp("ordinary")), release) as running:
        yield running


@pytest.fixture
def waiting(tmp_path: Path, release: Path) -> Iterator[Running]:
    """Two with the same answer, one with another, and one whose q5 has a fault of the grader."""
    rng, ring = random.Random(4), ("student_001", "student_002")
    grades = [without_pictures(ordinary_grade(name, rng)) for name in (*ring, "student_003")]
    fault = replace(GRADER_ERROR, student="student_004")
    answers = {name: {"q3": COPIED} for name in ring} | {"student_003": {"q3": OWN}}
    with running_desk(write_class(tmp_path, [*grades, fault], answers), release) as running:
        yield running


def let_in(chrome: Any, desk: Running, **options: Any) -> Visit:
    visited = Visit(chrome.new_context(**options).new_page())
    visited.page.goto(desk.desk.gate.address_for("ann"))
    visited.listen()
    return visited


def addresses(page: Any) -> list[str]:
    return page.evaluate("[...document.links].map(link => link.getAttribute('href'))")


def test_hostile_work_runs_nothing_loads_nothing_and_leads_nowhere(
    chrome: Any, hostile: Running
) -> None:
    visited = let_in(chrome, hostile)
    page, waiting, seen = visited.page, ["/"], set[str]()
    while waiting:
        path = waiting.pop().split("#")[0]
        if path in seen or not path:
            continue
        seen.add(path)
        page.goto(f"{hostile.origin}{path}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.wait_for_timeout(50)
        assert page.evaluate("window.hacked") is None
        assert page.locator("iframe, base, object, embed, meta[http-equiv]").count() == 0
        handlers = "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes])"
        assert page.evaluate(f"{handlers}.filter(a => a.name.startsWith('on')).length") == 0
        text = page.evaluate("document.body.innerText")
        assert not {"\x1b", "\u202e", "\x07", "\x9b"} & set(text)
        links = addresses(page)
        assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in links)
        waiting.extend(links)
    assert len(seen) > 20 and any(path.startswith("/questions/") for path in seen)
    assert all(url.startswith((f"{hostile.origin}/", "data:,")) for url in visited.requests)
    assert visited.complaints == []
    page.context.close()


def test_hostile_text_is_read_as_it_is(chrome: Any, hostile: Running) -> None:
    page = let_in(chrome, hostile).page
    page.goto(f"{hostile.origin}/questions/q3")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert "<img src=x onerror='window.hacked = 2'>" in page.inner_text("main")
    page.context.close()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """Another site on this machine: the nearest neighbour that there can be."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title>")

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


TRIES = {
    "reads": "fetch(desk, {credentials: 'include'}).then(a => a.text())",
    "sends": "fetch(desk, {method: 'POST', credentials: 'include', mode: 'no-cors', body: 'x=1'})"
    ".then(a => a.text())",
    "script": "new Promise((yes, no) => { const s = document.createElement('script');"
    " s.src = desk + 'static/desk.js'; s.onload = () => yes('loaded'); s.onerror = () => yes('');"
    " document.body.append(s); })",
    "frame": "new Promise(yes => { const f = document.createElement('iframe'); f.src = desk;"
    " f.onload = () => { try { yes(f.contentDocument.body.innerText) } catch { yes('') } };"
    " document.body.append(f); })",
    "picture": "new Promise(yes => { const i = new Image();"
    " i.src = desk + 'students/student_001/pictures/q12/0';"
    " i.onload = () => yes('loaded'); i.onerror = () => yes(''); })",
}


@pytest.mark.parametrize("name", TRIES)
def test_another_page_in_the_same_browser_gets_nothing(
    chrome: Any, ordinary: Running, elsewhere: str, name: str
) -> None:
    page = let_in(chrome, ordinary).page
    page.goto(elsewhere)
    tried = f"(desk) => {TRIES[name]}.catch(() => '')"
    assert page.evaluate(tried, f"{ordinary.origin}/") in ("", None)
    page.context.close()


def test_a_link_and_a_form_on_another_page_are_refused(
    chrome: Any, ordinary: Running, elsewhere: str
) -> None:
    page = let_in(chrome, ordinary).page
    for way in (
        "document.body.innerHTML = `<a href=${desk}>go</a>`",
        "document.body.innerHTML = `<form method=post action=${desk}><button>go</button></form>`",
    ):
        page.goto(elsewhere)
        page.evaluate(f"(desk) => {{ {way} }}", f"{ordinary.origin}/students")
        page.locator("a, button").click()
        page.wait_for_url(f"{ordinary.origin}/**")
        assert "This comes from another page" in page.inner_text("body")
        assert "student_001" not in page.inner_text("body")
    page.context.close()


def test_the_pages_are_gone_through_by_keys(chrome: Any, ordinary: Running) -> None:
    page = let_in(chrome, ordinary).page
    page.goto(f"{ordinary.origin}/students")
    for key in "jjjk":
        page.keyboard.press(key)
    assert page.locator(".here th").inner_text() == "student_001"
    page.keyboard.press("Enter")
    page.wait_for_url("**/students/student_001")
    page.keyboard.press("j")
    assert not page.locator("#q1").get_attribute("open")
    page.keyboard.press("Enter")
    assert page.locator("#q1").get_attribute("open") is not None
    page.context.close()


def test_faults_and_rings_are_decided_by_a_key_each(
    chrome: Any, waiting: Running, tmp_path: Path
) -> None:
    page = let_in(chrome, waiting).page

    def press(*keys: str) -> str:
        page.goto(f"{waiting.origin}/")
        for key in keys[:-1]:
            page.keyboard.press(key)
        with page.expect_navigation():
            page.keyboard.press(keys[-1])
        return " ".join(page.locator("h2, button").all_inner_texts())

    def marks() -> list[str]:
        page.goto(f"{waiting.origin}/students")
        return page.locator("tbody tr td:nth-child(3)").all_inner_texts()

    assert marks()[3] == "open"
    assert "Fault of the grader" not in press("j", "f")
    assert marks()[3] == "7.5 of 12.5"
    held = press("j", "h")
    assert "The same answers" not in held and held.count("Give it out again") == 2
    assert marks()[:2] == ["open", "open"]
    assert press("j", "l").count("Give it out again") == 1
    assert press("j", "l") == ""
    assert "open" not in marks()
    kept = read_decisions(tmp_path).standing
    assert [str(each.kind) for each in kept] == ["override", "hold", "hold", "lift", "lift"]
    page.context.close()


def test_a_ring_may_stand_and_is_not_asked_for_again(chrome: Any, waiting: Running) -> None:
    page = let_in(chrome, waiting).page
    page.keyboard.press("j")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("a")
    assert "The same answers" not in page.inner_text("main")
    assert "Marks that are withheld" not in page.inner_text("main")
    page.context.close()


def test_pictures_are_drawn_when_they_are_seen(chrome: Any, ordinary: Running) -> None:
    visited = let_in(chrome, ordinary)
    page = visited.page
    page.goto(f"{ordinary.origin}/students/student_001")
    page.locator("#q12 summary").click()
    pictures = page.locator("#q12 img.picture")
    assert pictures.count() == 4
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("picture => picture.decode()")
        assert picture.bounding_box()["width"] > 200
    assert visited.complaints == []
    page.context.close()


@pytest.mark.parametrize("width", [360, 1366])
def test_no_page_is_wider_than_the_screen(chrome: Any, ordinary: Running, width: int) -> None:
    page = let_in(chrome, ordinary, viewport={"width": width, "height": 800}).page
    for path in ("/", "/students", "/students/student_003", "/questions", "/questions/q3"):
        page.goto(f"{ordinary.origin}{path}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
