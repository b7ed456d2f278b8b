"""The addresses of runs: begin one, see how far it is and what would move, keep it."""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from autograder.desk.actions import body_of
from autograder.desk.answering import page
from autograder.desk.deciding import FormError, read_form
from autograder.desk.reading import Reader
from autograder.desk.runs import DeskRun, Kind, Runs


class RunPages:
    """The pages and forms of `runs`, on the class that `reader` reads."""

    def __init__(self, reader: Reader, runs: Runs) -> None:
        self._reader, self._runs = reader, runs

    async def explain(self, request: Request) -> Response:
        """Begin to explain an answer."""
        return await self._begin(request, Kind.EXPLAIN)

    async def again(self, request: Request) -> Response:
        """Begin to run a student's notebook again, for one question or for all."""
        return await self._begin(request, Kind.AGAIN)

    async def _begin(self, request: Request, kind: Kind) -> Response:
        form = read_form(await body_of(request))
        run = await run_in_threadpool(self._started, form, kind, request.scope["who"])
        return RedirectResponse(f"/runs/{run.number}", 303)

    def _started(self, form: dict[str, str], kind: Kind, who: str) -> DeskRun:
        seen, question = self._reader.now(), form.get("question", "")
        student = seen.by_folder.get(form.get("student", ""))
        if student is None:
            raise FormError("This student isn't in the class any more.")
        if question not in seen.questions and (question or kind is Kind.EXPLAIN):
            raise FormError(f"There is no question '{question}'.")
        return self._runs.start(kind, student.student, student.folder, question, who)

    def all(self, request: Request) -> Response:
        """Show all runs since the desk was opened."""
        return page(request, "runs.html.j2", self._reader.now(), runs=self._runs.of())

    def one(self, request: Request) -> Response:
        """Show one run, and what it gave."""
        seen, run = self._reader.now(), self._run(request)
        change, shown = None, {}
        if run.again:
            change = self._reader.change(run.again.before, run.again.grade_with(run.question))
        if run.asked and run.explained:
            from autograder.explain.page import values  # slow, but imported by the run

            shown = values(run.asked, run.explained)
        return page(request, "run.html.j2", seen, run=run, change=change, **shown)

    async def keep(self, request: Request) -> Response:
        """Put the result of a run in the place of the grade that the student has."""
        run = self._run(request)
        await run_in_threadpool(self._runs.keep, run.number, request.scope["who"])
        return RedirectResponse(f"/students/{run.folder}", 303)

    def _run(self, request: Request) -> DeskRun:
        run = self._runs.find(request.path_params["number"])
        if run is None:
            raise HTTPException(404)
        return run
