"""Whom the desk answers: one browser for each address, and no other page, name or method."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.support.running_desk import Running, running_desk
from tests.support.sample_class import STARTER, executed, sample_class


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A desk that has let in nobody."""
    folder = tmp_path_factory.mktemp("grades")
    release = folder / "release.ipynb"
    release.write_text(json.dumps(executed(STARTER)))
    with running_desk(sample_class(folder), release) as running:
        yield running


@pytest.fixture(scope="module")
def ann(door: Running) -> Running:
    return door.let_in("ann")


PATHS = [
    "/",
    "/students",
    "/students/student_001",
    "/students/student_001/pictures/q12/0",
    "/questions",
    "/questions/q3",
    "/static/desk.js",
]


@pytest.mark.parametrize("path", PATHS)
def test_who_was_let_in_sees_the_page_and_nobody_else_does(
    door: Running, ann: Running, path: str
) -> None:
    assert ann.ask(path).status == 200
    for cookie in ("", "desk_1=x", f"{ann.cookie}x", ann.cookie.replace("=", "x=")):
        refused = ann.ask(path, headers={"Cookie": cookie})
        assert refused.status == 401
        assert "student_001" not in refused.text and "make desk" in refused.text


@pytest.mark.parametrize(
    "host",
    ["", "example.org", "localhost:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil:{port}"],
)
def test_a_name_that_somebody_else_made_lead_here_is_not_answered(ann: Running, host: str) -> None:
    port = ann.origin.rsplit(":", 1)[1]
    for path in PATHS:
        answer = ann.ask(path, headers={"Host": host.format(port=port)})
        assert answer.status in (400, 421)  # 400: the server itself refuses a missing name
        assert "student_001" not in answer.text and "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=repr,
)
def test_another_page_is_not_answered(ann: Running, headers: dict[str, str]) -> None:
    for path in PATHS:
        answer = ann.ask(path, headers=headers)
        assert answer.status == 403
        assert "student_001" not in answer.text


def test_a_form_whose_page_is_not_told_is_refused(ann: Running) -> None:
    assert ann.ask("/", "POST", {"Origin": ""}).status == 403
    assert ann.ask("/", "POST").status == 405


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT"])
def test_other_methods_are_refused_without_saying_who_may_ask(ann: Running, method: str) -> None:
    answer = ann.ask("/", method, {"Origin": "https://example.org"})
    assert answer.status in (400, 405)
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_an_address_lets_one_browser_in_once(door: Running) -> None:
    address = door.desk.gate.address_for("bob").removeprefix(door.origin)
    first = door.ask(address)
    assert first.status == 303 and first.headers["location"] == "/"
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie and "samesite=strict" in cookie.lower()
    assert address.split("=")[1] not in cookie
    assert door.ask(address).status == 401
    again = door.ask(address, headers={"Cookie": cookie.split(";")[0]})
    assert again.status == 303 and "set-cookie" not in again.headers
    assert "bob" in door.ask("/", headers={"Cookie": cookie.split(";")[0]}).text


def test_a_wrong_token_lets_nobody_in(door: Running) -> None:
    for token in ("", "x", "%00", "a" * 10_000):
        answer = door.ask(f"/?token={token}")
        assert answer.status == 401 and "set-cookie" not in answer.headers


def test_an_address_that_another_page_calls_is_not_spent(door: Running) -> None:
    address = door.desk.gate.address_for("bob").removeprefix(door.origin)
    assert door.ask(address, headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert door.ask(address, "HEAD").status == 401
    assert door.ask(address, headers={"Sec-Fetch-Site": "none"}).status == 303


WAYS_OUT = ("../../etc/passwd", "..", "../class.sqlite", "/etc/passwd", "student_001/../..", "\0")


@pytest.mark.parametrize("place", ["/{}", "/static/{}", "/students/{}", "/questions/{}"])
def test_no_address_is_taken_for_the_name_of_a_file(ann: Running, place: str) -> None:
    for way in WAYS_OUT:
        for written in (quote(way), quote(way, safe=""), quote(quote(way, safe=""))):
            answer = ann.ask(place.format(written))
            assert answer.status == 404
            assert "root:" not in answer.text and "SQLite" not in answer.text


@pytest.mark.parametrize("place", ["q12/99", "q12/-1", "q99/0", "q12/x", "q12/1e3"])
def test_a_picture_that_is_not_there_is_told(ann: Running, place: str) -> None:
    assert ann.ask(f"/students/student_001/pictures/{place}").status == 404


def test_every_answer_forbids_what_the_desk_does_not_need(door: Running, ann: Running) -> None:
    answers = [ann.ask(path) for path in (*PATHS, "/none")]
    for answer in (*answers, door.ask("/"), ann.ask("/", headers={"Host": "example.org"})):
        headers = answer.headers
        policy = headers["content-security-policy"]
        for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"):
            assert part in policy
        assert "unsafe-inline" not in policy.replace("style-src-attr 'unsafe-inline'", "")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
