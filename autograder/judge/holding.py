"""Questions that are judged beside student code: held after their check cell, judged at the end.

A state that is judged at once could write a hidden test down for a later cell to print. So nothing
is judged before the last cell has run: first the public cases of all questions, which may say
something, then the hidden ones, which may not.
"""

from autograder.judge.beside import Verdicts, asked, result_of
from autograder.judge.progress import Progress
from autograder.judge.score import Question, unreached
from autograder.judge.session import Session
from autograder.judge.wire import StudentError
from autograder.records import Outcome, QuestionResult

Held = dict[str, tuple[Question, int]]
"""By its id, each question and the number of its state."""


def hold(session: Session, question: Question, held: Held, progress: Progress) -> bool:
    """Keep the state in which `question` is judged. False when the sandbox has ended."""
    try:
        held[question.id] = question, session.hold()
    except StudentError as error:
        text = f"its state could not be kept: {error}"
        progress.results[question.id] = unreached(question, error.outcome, text)
    return session.alive


def judge_held(session: Session, held: Held, progress: Progress) -> bool:
    """Judge all that is held. False when the sandbox ended or the time is up."""
    verdicts: dict[str, dict[bool, Verdicts]] = {name: {} for name in held}
    for hidden in (False, True):
        for name, (question, number) in held.items():
            if not any(bool(case.hidden) is hidden for case in question.cases):
                continue
            if progress.seconds_left <= 0:
                return False
            verdicts[name][hidden] = _verdicts(session, question, number, hidden, progress)
            if not session.alive:
                progress.results[name] = _result(question, verdicts[name])
                return False
    for name, (question, _) in held.items():
        progress.results[name] = _result(question, verdicts[name])
    return True


def _verdicts(
    session: Session, question: Question, number: int, hidden: bool, progress: Progress
) -> Verdicts:
    assert question.beside
    count = len([case for case in question.cases if hidden or not case.hidden])
    seconds = min(progress.limits.cell_seconds, progress.seconds_left)
    try:
        return session.judge(number, asked(question.beside, hidden), count, seconds)
    except StudentError as error:
        return Verdicts((), (), "time" if error.outcome is Outcome.TIME_LIMIT else "crash")


def _result(question: Question, verdicts: dict[bool, Verdicts]) -> QuestionResult:
    return result_of(question, verdicts.get(False), verdicts.get(True))
