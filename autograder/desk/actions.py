"""What is done when a person sends a form: the only requests that change anything."""

from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from autograder.desk.deciding import FORM_BYTES, FormError, decisions_of, read_form
from autograder.desk.marking_page import standing_marks
from autograder.desk.reading import ClassSeen, Reader, stamp_of
from autograder.store.decisions.model import Kind, Withdrawal


class Actions:
    """The forms of the desk that `reader` reads for."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def decide(self, request: Request) -> Response:
        """Add a decision, or one for each of a group, and go back to the page of the form."""
        form = read_form(await body_of(request))
        return await run_in_threadpool(self._decide, form, request.scope["who"])

    def _decide(self, form: dict[str, str], who: str) -> Response:
        seen = self._reader.now()
        decisions = decisions_of(form, who, seen)
        for decision in decisions:
            if decision.kind is Kind.MARK:
                _refuse_unseen(seen, decision.question, decision.student, form.get("stamp", ""))
        self._reader.decide(*decisions)
        return back_from(form)

    async def take_back(self, request: Request) -> Response:
        """Take a decision back, and go back to the page that the form was on."""
        form = read_form(await body_of(request))
        return await run_in_threadpool(self._take_back, form, request.scope["who"])

    def _take_back(self, form: dict[str, str], who: str) -> Response:
        line = form.get("line", "")
        if not (line.isascii() and line.isdecimal()):
            raise FormError("Which decision? Load the page again.")
        if not form.get("why"):
            raise FormError("Say why it is taken back.")
        withdrawal = Withdrawal(who, datetime.now().astimezone(), form["why"])
        self._reader.take_back(int(line), form.get("stamp", ""), withdrawal)
        return back_from(form)


async def body_of(request: Request) -> bytes:
    """Return what a form sends. Raises `HTTPException` for too much of it."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > FORM_BYTES:
            raise HTTPException(413, "This form is too long.")
    return body


def _refuse_unseen(seen: ClassSeen, question: str, student: str, known: str) -> None:
    """Raise `FormError` where somebody has marked the answer since the page was loaded."""
    mark = standing_marks(seen, question).get(student)
    if mark and stamp_of(mark) != known:
        given = ", ".join(f"{name} {points:g}" for name, points in mark.criteria.items())
        raise FormError(
            f"{mark.who} has marked this answer meanwhile ({given or 'all of it'}). Load the page "
            "again to see that; a mark that you send then replaces it."
        )


def back_from(form: dict[str, str]) -> Response:
    """Return to a page of the desk itself, and to no other."""
    back = form.get("back", "/")
    own = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return RedirectResponse(back if own else "/", 303)
