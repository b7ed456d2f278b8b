"""Measure the desk's pages with a large class: how long until the whole of a page has come."""

import http.client
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from autograder.classroom.views import Views
from autograder.course.assignment import default_assignment
from autograder.course.build.otter_assign import read_json
from autograder.course.build.products import ensure_built
from autograder.desk.reading import Reader
from autograder.desk.serve import Desk, courses_engine, opened_desk
from autograder.store.store import EXECUTED
from proofs.bench.made_class import made_class
from proofs.harness import Result, machine, row, tell

LIMIT = 0.5
"""Seconds that no page may take."""
_TIMES = 5
_REPORT = """\
# How fast the desk is

Written by `make pages` on {machine}.

A made class of {students:,} students with the lesson's questions and notebook, 60 different answers
to each. Every page was asked for {times} times, until the whole of it had come.

| Page | Size, kB | Median, ms | Slowest, ms |
|---|---:|---:|---:|
{rows}

{last}. Opening the desk reads
the class once, in {reading:.1f} s here.
"""


@dataclass(frozen=True)
class Page:
    """One page of the desk, asked for several times."""

    name: str
    kilobytes: float
    seconds: tuple[float, ...]


@dataclass(frozen=True)
class Pages:
    """What was measured."""

    students: int
    reading: float
    """Seconds until the desk has read the class, once when it is opened."""
    pages: tuple[Page, ...]

    @property
    def slowest(self) -> float:
        """Seconds of the slowest request of all."""
        return max(second for page in self.pages for second in page.seconds)

    @property
    def holds(self) -> bool:
        return self.slowest <= LIMIT


def measure(students: int, output: Path) -> Result:
    """Make a class of so many, open the desk on it and ask for every kind of page."""
    lesson = default_assignment()
    built = ensure_built(lesson)
    with tempfile.TemporaryDirectory(prefix="cnn-desk-") as name:
        tell(f"Making a class of {students} …")
        views = made_class(Path(name), students, lesson.course, built)
        reader = Reader(views.store, views.showing, built.released)
        try:
            tell("Reading it …")
            begun = time.perf_counter()
            reader.warm()
            reading = time.perf_counter() - begun
            engine = partial(courses_engine, lesson.folder)  # no page starts it
            with opened_desk(reader, 0, engine) as desk:
                measured = Pages(students, reading, _asked(desk, views))
        finally:
            views.store.close()
    return Result(last_line(measured), measured.holds, page=report(measured), file=output)


def _asked(desk: Desk, views: Views) -> tuple[Page, ...]:
    thread = threading.Thread(target=desk.run, daemon=True)
    thread.start()
    try:
        return tuple(_Browser(desk).pages(views))
    finally:
        desk.server.should_exit = True
        thread.join()


class _Browser:
    """Asks as a browser that was let in."""

    def __init__(self, desk: Desk) -> None:
        self._gate, self._cookie = desk.gate, ""
        address = desk.gate.address_for("measuring").removeprefix(desk.gate.origin)
        for _ in range(200):  # until the server has started
            try:
                answer = self._send("GET", address)[0]
            except OSError:
                time.sleep(0.05)
                continue
            self._cookie = answer.headers["set-cookie"].split(";")[0]
            return
        raise TimeoutError("the desk doesn't answer")

    def pages(self, views: Views) -> list[Page]:
        """Ask for every kind of page, and for what is new after a change."""
        store, questions = views.store, views.showing.questions
        by_hand = next(iter(views.showing.rubrics))
        student = store.students()[-1]
        folder = store.folder_of(student)
        addresses = {
            "Today": "/",
            "Students": "/students",
            "Students, searched": "/students?search=time+limit",
            "A student": f"/students/{folder}",
            "Questions": "/questions",
            f"A question ({questions[0]})": f"/questions/{questions[0]}",
            f"A question ({by_hand})": f"/questions/{by_hand}",
            "Who moves if it counts for nobody": f"/questions/{by_hand}/preview?kind=drop&why=w",
            "Marking, all answers": f"/marking/{by_hand}",
            "Marking without names": f"/marking/{by_hand}?blind=1",
            "Runs": "/runs",
        }
        found = [self._page(name, address) for name, address in addresses.items()]
        comment = {"kind": "comment", "student": folder, "comment": "Well done.", "back": "/"}

        def decide() -> None:
            self._send("POST", "/decide", urlencode(comment))

        def grade() -> None:
            kept, whole = store.kept(student), store.whole_grade(student)
            assert kept is not None and whole is not None
            other = read_json(store.directory_for(whole) / EXECUTED)
            other["cells"] = [
                {
                    **cell,
                    "source": cell["source"].replace("    return", "    step_1 += 1\n    return"),
                }
                for cell in other["cells"]
            ]
            store.save(whole, kept.attempt, other)

        found.append(self._page("Today, after a decision", "/", decide))
        found.append(self._page("Questions, after a decision", "/questions", decide))
        found.append(self._page("Today, after a student was graded", "/", grade))
        return found

    def _page(self, name: str, address: str, before: Callable[[], None] = lambda: None) -> Page:
        seconds: list[float] = []
        size = 0
        for _ in range(_TIMES):
            before()
            begun = time.perf_counter()
            answer, content = self._send("GET", address)
            seconds.append(time.perf_counter() - begun)
            assert answer.status == 200, (address, answer.status)
            size = len(content)
        return Page(name, size / 1000, tuple(seconds))

    def _send(
        self, method: str, address: str, body: str = ""
    ) -> tuple[http.client.HTTPResponse, bytes]:
        line = http.client.HTTPConnection(self._gate.host, timeout=60)
        headers = {"Cookie": self._cookie}
        if method == "POST":
            kind = "application/x-www-form-urlencoded"
            headers |= {"Origin": self._gate.origin, "Content-Type": kind}
        try:
            line.request(method, address, body or None, headers)
            answer = line.getresponse()
            return answer, answer.read()
        finally:
            line.close()


def last_line(measured: Pages) -> str:
    """Return the whole result in one line."""
    holds = "holds" if measured.holds else "does not hold"
    return (
        f"At most {1000 * LIMIT:.0f} ms a page: {holds},"
        f" the slowest took {1000 * measured.slowest:.0f} ms"
    )


def report(measured: Pages) -> str:
    """Return the page for `docs/`."""
    rows = list[str]()
    for page in measured.pages:
        typical, slowest = (1000 * each for each in (median(page.seconds), max(page.seconds)))
        rows.append(row(page.name, *(f"{each:.0f}" for each in (page.kilobytes, typical, slowest))))
    return _REPORT.format(
        machine=machine(),
        students=measured.students,
        times=_TIMES,
        rows="\n".join(rows),
        reading=measured.reading,
        last=last_line(measured),
    )
