"""The desk's addresses. Nothing in one is ever taken for the name of a file."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from autograder.desk.actions import Actions
from autograder.desk.answering import page, question_of, student_of
from autograder.desk.deciding import FormError, decision_of
from autograder.desk.guard import Gate, Guard
from autograder.desk.marking_page import comments, to_mark, view_of
from autograder.desk.pages import rendered, static_files
from autograder.desk.pictures import picture_file
from autograder.desk.question_page import GROUPS_SHOWN, groups_of, question_seen
from autograder.desk.reading import Reader, Seen
from autograder.desk.run_pages import RunPages
from autograder.desk.runs import Runs
from autograder.desk.student_page import answers_of, history, lost_first
from autograder.desk.today import ADVICE, by_kind
from autograder.store.writing import StoreError

_LONGEST = 200
_MOST = 50
"""Tasks of one kind that are shown at once."""


def desk(reader: Reader, gate: Gate, runs: Runs) -> ASGIApp:
    """Return the desk as an application: `gate` says who is let in."""
    pages, actions, run_pages = _Pages(reader, runs, gate), Actions(reader), RunPages(reader, runs)
    routes = [
        Route("/", pages.today),
        Route("/students", pages.students),
        Route("/students/{folder}", pages.student),
        Route("/students/{folder}/pictures/{question}/{place:int}", pages.picture),
        Route("/questions", pages.questions),
        Route("/questions/{question}", pages.question),
        Route("/questions/{question}/preview", pages.preview),
        Route("/marking/{question}", pages.marking),
        Route("/decide", actions.decide, methods=["POST"]),
        Route("/take-back", actions.take_back, methods=["POST"]),
        Route("/runs", run_pages.all),
        Route("/runs/{number:int}", run_pages.one),
        Route("/runs/{number:int}/keep", run_pages.keep, methods=["POST"]),
        Route("/explain", run_pages.explain, methods=["POST"]),
        Route("/again", run_pages.again, methods=["POST"]),
        Route("/static/{name}", _static),
    ]
    handlers: dict[Any, Callable[..., Response]] = {
        HTTPException: _not_there,
        StoreError: _cannot_be_read,
        FormError: _not_decided,
        Exception: _own_fault,
    }
    return Guard(Starlette(routes=routes, exception_handlers=handlers), gate)


class _Pages:
    """The pages on the class that `reader` reads."""

    def __init__(self, reader: Reader, runs: Runs, gate: Gate) -> None:
        self._reader, self._runs, self._gate = reader, runs, gate

    def today(self, request: Request) -> Response:
        seen = self._reader.now()
        return page(
            request,
            "today.html.j2",
            seen,
            by_kind=by_kind(seen),
            advice=ADVICE,
            most=_MOST,
            can_run=self._reader.has_notebook,
        )

    def students(self, request: Request) -> Response:
        seen = self._reader.now()
        words = request.query_params.get("search", "")[:_LONGEST]
        found = [each for each in seen.students if _matches(each, words)]
        return page(request, "students.html.j2", seen, found=found, search=words)

    def student(self, request: Request) -> Response:
        seen = self._reader.now()
        student = student_of(seen, request)
        whole = self._reader.whole(student)
        answers = lost_first(answers_of(student, whole))
        earlier = history(whole, self._reader.store.earlier(student.student))
        return page(
            request,
            "student.html.j2",
            seen,
            student=student,
            answers=answers,
            earlier=earlier,
            can_run=self._reader.has_notebook(student),
            runs=self._runs.of(student.folder),
            decided=[each for each in seen.decisions.standing if each.student == student.student],
        )

    def picture(self, request: Request) -> Response:
        student = student_of(self._reader.now(), request)
        for result in self._reader.whole(student).questions:
            if result.question != request.path_params["question"]:
                continue
            if drawn := picture_file(result, request.path_params["place"]):
                return Response(drawn, media_type="image/svg+xml")
        raise HTTPException(404)

    def questions(self, request: Request) -> Response:
        seen = self._reader.now()
        found = [question_seen(seen, question) for question in seen.questions]
        return page(request, "questions.html.j2", seen, found=found)

    def question(self, request: Request) -> Response:
        seen = self._reader.now()
        question = question_of(seen, request)
        everybody = [each for each in seen.students if each.answers.get(question)]
        return page(
            request,
            "question.html.j2",
            seen,
            found=question_seen(seen, question),
            groups=groups_of(question, everybody),
            shown=GROUPS_SHOWN,
            decided=[
                each
                for each in seen.decisions.standing
                if each.question == question and not each.student
            ],
        )

    def preview(self, request: Request) -> Response:
        """Show whose total a decision for all would change, before it is made."""
        seen = self._reader.now()
        question = question_of(seen, request)
        asked = {**request.query_params, "question": question}
        decision = decision_of(asked, request.scope["who"], seen)
        moved = sorted(self._reader.moved_by(decision), key=lambda each: each[1] - each[2])
        return page(
            request, "preview.html.j2", seen, decision=decision, moved=moved, question=question
        )

    def marking(self, request: Request) -> Response:
        """Show all answers to a question that people mark."""
        seen = self._reader.now()
        question, view = question_of(seen, request), view_of(request.query_params)
        if question not in seen.showing.rubrics:
            raise HTTPException(404)
        every = seen.decisions.every
        return page(
            request,
            "marking.html.j2",
            seen,
            question=question,
            rubric=seen.showing.rubrics[question],
            view=view,
            answers=to_mark(seen, question, view),
            used=comments(every, question),
            people=self._gate.people,
        )


def _matches(seen: Seen, words: str) -> bool:
    text = f"{seen.student} {seen.grade.source} {seen.grade.ending.replace('_', ' ')}".casefold()
    return all(word in text for word in words.casefold().split())


def _static(request: Request) -> Response:
    found = static_files().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    media_type, content = found
    return Response(content, media_type=media_type)


def _told(status: int, sentence: str) -> Response:
    return HTMLResponse(rendered("told.html.j2", sentence=sentence), status)


def _not_there(_: Request, problem: HTTPException) -> Response:
    if problem.status_code == HTTPStatus.NOT_FOUND:
        return _told(404, "There is nothing at this address. Begin with today's list.")
    return _told(problem.status_code, problem.detail)


def _cannot_be_read(_: Request, problem: StoreError) -> Response:
    return _told(500, str(problem))


def _not_decided(_: Request, problem: FormError) -> Response:
    return _told(400, f"Nothing was decided. {problem}")


def _own_fault(_: Request, problem: Exception) -> Response:
    kind = type(problem).__name__
    return _told(500, f"This page failed by a fault of the desk ({kind}); nothing was changed.")
