"""A desk that answers, in a thread of the test's own process."""

import http.client
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograder.classroom.views import Views
from autograder.desk.reading import Reader
from autograder.desk.runs import OpenEngine
from autograder.desk.serve import Desk, courses_engine, opened_desk
from tests.support.assignments import LESSON

LESSONS_ENGINE = partial(courses_engine, LESSON.folder)


@dataclass
class Answered:
    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Running:
    """A desk, and the session of one browser that was let in."""

    desk: Desk
    cookie: str = ""

    @property
    def origin(self) -> str:
        return self.desk.gate.origin

    def ask(
        self,
        path: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> Answered:
        """Send a request as a browser does that was let in; `headers` replace its own.

        An empty header isn't sent.
        """
        own = {"Host": self.desk.gate.host, "Cookie": self.cookie}
        if method == "POST":
            own |= {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"}
        sent = {name: value for name, value in (own | dict(headers or {})).items() if value}
        line = http.client.HTTPConnection(*self.desk.listening.getsockname(), timeout=60)
        try:
            line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            content = (body or "").encode()
            for name, value in sent.items():
                line.putheader(name, value)
            if content:
                line.putheader("Content-Length", str(len(content)))
            line.endheaders(content or None)
            answer = line.getresponse()
            text = answer.read().decode()
            return Answered(answer.status, {k.lower(): v for k, v in answer.getheaders()}, text)
        finally:
            line.close()

    def let_in(self, who: str = "ann") -> "Running":
        """Return the same desk as another browser sees it, which was let in as `who`."""
        address = self.desk.gate.address_for(who).removeprefix(self.origin)
        answer = self.ask(address, headers={"Cookie": ""})
        assert answer.status == 303
        return Running(self.desk, answer.headers["set-cookie"].split(";")[0])


@contextmanager
def running_desk(
    views: Views, release: Path, open_engine: OpenEngine = LESSONS_ENGINE
) -> Generator[Running]:
    """Serve the class of `views`; nobody is let in yet."""
    reader = Reader(views.store, views.showing, release)
    with opened_desk(reader, 0, open_engine) as desk:
        thread = threading.Thread(target=desk.run, daemon=True)
        thread.start()
        while not desk.server.started:
            time.sleep(0.01)
        try:
            yield Running(desk)
        finally:
            desk.server.should_exit = True
            thread.join()
