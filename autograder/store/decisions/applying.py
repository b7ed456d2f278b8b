"""What people's decisions make of the engine's grade.

The order: points of questions, then the total without what is dropped or excused, then the late
policy with its extensions, then what was decided to come after it, then the curve. Within each step
the earlier decision comes first.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from autograder.course.late import final_score, with_deduction
from autograder.course.settings import LatePolicy
from autograder.records import Decided, Ending, Grade, Outcome
from autograder.store.decisions.curve import CurveError, curved
from autograder.store.decisions.model import Decision, Decisions, Kind
from autograder.store.decisions.on_questions import changed_questions, total_of
from autograder.store.decisions.told import told
from autograder.store.kept import Attempt

WITHHELD = "The mark isn't given out yet. Your instructor will tell you about it."
_STOPS = frozenset(Ending) & frozenset(Outcome) - {Outcome.GRADER_ERROR}
"""How a cell or a question may end, and the whole by it."""


def decided(
    grade: Grade, attempt: Attempt, policy: LatePolicy | None, decisions: Decisions
) -> Grade:
    """Return the grade that counts: the engine's `grade` after decisions and the late policy."""
    standing = decisions.on(grade.student)
    if hold := _held(standing):
        return _withheld(grade, hold)
    if excuse := _last(standing, Kind.EXCUSE):
        return replace(grade, excused=True, decided=(done(excuse),))
    result = _settled(_looked_at(changed_questions(grade, standing), standing))
    result = _on_total(result, standing, "before")
    extension = _last(standing, Kind.EXTENSION)
    result = _after_lateness(result, attempt, policy, extension)
    if extension or result.total_decided:
        result = replace(result, to_decide=())  # a person has decided what lateness costs
    result = _settled(_on_total(result, standing, "after"))
    result = _remarked(result, standing)
    if result.score != grade.score or result.added_after:
        result = replace(result, engine_score=grade.score)
    return result


def done(decision: Decision, before: float | None = None, after: float | None = None) -> Decided:
    """Return what `decision` has done."""
    return Decided(
        decision.kind.value,
        decision.who,
        decision.date,
        decision.why,
        told(decision, before, after),
        decision.question,
        before,
        after,
    )


def _held(standing: Sequence[Decision]) -> Decision | None:
    found = [each for each in standing if each.kind in (Kind.HOLD, Kind.LIFT)]
    return found[-1] if found and found[-1].kind is Kind.HOLD else None


def _withheld(grade: Grade, hold: Decision) -> Grade:
    """Return a grade that holds nothing from which the mark could be told."""
    return Grade(
        grade.student,
        grade.source,
        Ending.COMPLETED,
        "",
        0.0,
        grade.max_score,
        (),
        needs_review=True,
        review=WITHHELD,
        isolation=grade.isolation,
        decided=(done(hold),),
        withheld=True,
    )


def _last(standing: Sequence[Decision], kind: Kind) -> Decision | None:
    """Return the last decision of a kind on the whole."""
    found = [each for each in standing if each.kind is kind and not each.question]
    return found[-1] if found else None


def _looked_at(grade: Grade, standing: Sequence[Decision]) -> Grade:
    """Return `grade` without the wish for a person's look where a person has looked."""
    accepted = {each.question for each in standing if each.kind is Kind.ACCEPT}
    if not accepted:
        return grade
    questions = tuple(
        replace(each, review="") if accepted & {"", each.question} else each
        for each in grade.questions
    )
    entries = tuple(done(each) for each in standing if each.kind is Kind.ACCEPT)
    grade = replace(grade, questions=questions, decided=(*grade.decided, *entries))
    if "" in accepted and grade.ending is not Ending.GRADER_ERROR:
        return replace(grade, needs_review=False, review="")
    return grade


def _settled(grade: Grade) -> Grade:
    """Return `grade` as if there was no fault, where people have decided all questions at fault."""
    failed = [each for each in grade.questions if each.outcome is Outcome.GRADER_ERROR]
    if grade.ending is not Ending.GRADER_ERROR or not failed:
        return grade
    if any(each.at_fault for each in failed):
        return grade
    others = (each.outcome for each in (*grade.cells, *grade.questions))
    stops = [Ending(each) for each in others if each in _STOPS]
    ending = stops[0] if stops else Ending.COMPLETED
    return replace(grade, ending=ending, message="", needs_review=bool(grade.review))


def _on_total(grade: Grade, standing: Sequence[Decision], when: str) -> Grade:
    """Return `grade` with the decisions on the total that come before, or after, the late policy.

    Decisions on questions that come after it are among the latter.
    """
    for each in standing:
        if each.late_rules != when:
            continue
        if each.kind in (Kind.OVERRIDE, Kind.ADJUST) and not each.question:
            grade = _with_total(grade, each, _changed(each, _total(grade, when)), when)
        elif when == "after" and each.kind in (Kind.OVERRIDE, Kind.ADJUST):
            grade = _question_after(grade, each)
    for each in standing:  # a curve is on what all the others have made
        if each.kind is Kind.CURVE and each.late_rules == when and _has_total(grade):
            try:
                value = curved(each.formula, _total(grade, when), grade.max_score)
            except CurveError:  # checked when it was read, up to any total that can be
                continue
            grade = _with_total(grade, each, value, when)
    return grade


def _total(grade: Grade, when: str) -> float:
    return grade.score if when == "before" else final_score(grade)


def _changed(decision: Decision, before: float) -> float:
    points = decision.points or 0.0
    return points if decision.kind is Kind.OVERRIDE else max(0.0, round(before + points, 6))


def _has_total(grade: Grade) -> bool:
    """Whether there is a total to curve: open marks and what could not be read have none."""
    open_marks = grade.needs_review or grade.ending in (
        Ending.GRADER_ERROR,
        Ending.NOT_THIS_ASSIGNMENT,
        Ending.UNREADABLE,
    )
    return not open_marks or grade.total_decided


def _with_total(grade: Grade, decision: Decision, value: float, when: str) -> Grade:
    before = _total(grade, when)
    entries = (*grade.decided, done(decision, before, value))
    if when == "before":
        return replace(grade, score=value, decided=entries)
    added = round(grade.added_after + value - before, 6)
    return replace(grade, added_after=added, decided=entries)


def _question_after(grade: Grade, decision: Decision) -> Grade:
    """Return `grade` with a question changed, its difference added to what lateness has left."""
    found = next((each for each in grade.questions if each.question == decision.question), None)
    if found is None:
        return grade
    value = _changed(decision, found.score)
    difference = value - found.score
    checks = found.score if found.engine_score is None else found.engine_score
    changed = replace(found, score=value, engine_score=checks)
    questions = tuple(changed if each is found else each for each in grade.questions)
    scale = total_of(questions, grade.max_score).scale if found.counts else 0.0
    return replace(
        grade,
        questions=questions,
        added_after=round(grade.added_after + difference * scale, 6),
        decided=(*grade.decided, done(decision, found.score, value)),
    )


def _after_lateness(
    grade: Grade, attempt: Attempt, policy: LatePolicy | None, extension: Decision | None
) -> Grade:
    if extension:
        grade = replace(grade, decided=(*grade.decided, done(extension)))
    if attempt.taken_before and attempt.submitted is None:
        points = min(attempt.taken_before, grade.score)
        note = f"It came late: {points:g} points are taken."
        return replace(grade, late_deduction=points, notes=(*grade.notes, note))
    submission = attempt.as_submission(grade.student)
    if extension and extension.until:
        due = submission.due or (policy.due if policy else None)
        submission = replace(submission, due=_later(due, extension.until))
    return with_deduction(grade, submission, policy)


def _later(due: datetime | None, until: datetime) -> datetime:
    return until if due is None else max(due, until)


def _remarked(grade: Grade, standing: Sequence[Decision]) -> Grade:
    remarks = tuple(done(each) for each in standing if each.kind is Kind.COMMENT)
    return replace(grade, decided=(*grade.decided, *remarks)) if remarks else grade
