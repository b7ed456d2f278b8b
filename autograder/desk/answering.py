"""What the desk's addresses have in common: whom a request is about, and a page as an answer."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from autograder.desk.pages import rendered
from autograder.desk.reading import ClassSeen, Seen


def page(request: Request, template: str, seen: ClassSeen, **values: Any) -> Response:
    """Return the page that `template` makes."""
    made = rendered(template, seen=seen, who=request.scope["who"], **_place(request), **values)
    return HTMLResponse(made)


def _place(request: Request) -> dict[str, str]:
    """Return where the request was sent: the path, and the whole to come back to."""
    path = request.url.path
    return {"path": path, "here": f"{path}?{request.url.query}" if request.url.query else path}


def student_of(seen: ClassSeen, request: Request) -> Seen:
    """Return the student whom the address names. Raises `HTTPException`."""
    found = seen.by_folder.get(request.path_params["folder"])
    if found is None:
        raise HTTPException(404)
    return found


def question_of(seen: ClassSeen, request: Request) -> str:
    """Return the question that the address names. Raises `HTTPException`."""
    question = request.path_params["question"]
    if question not in seen.questions:
        raise HTTPException(404)
    return question
