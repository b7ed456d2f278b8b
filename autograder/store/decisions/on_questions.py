"""Decisions on the points of questions, and the total that the questions make."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograder.records import ByHand, Decided, Grade, QuestionResult
from autograder.store.decisions.model import Decision, Kind
from autograder.store.decisions.told import criteria_told, told


@dataclass(frozen=True)
class Total:
    """What the questions of a grade make together."""

    score: float
    scale: float
    """What a point of a core question counts, once others are dropped or excused."""


def total_of(questions: Sequence[QuestionResult], full: float) -> Total:
    """Return the total: what doesn't count is left out, and the rest of the core counts for all.

    The questions up to the `full` points are the core; the others are a bonus, which isn't scaled.
    """
    core = bonus = gone = reached = 0.0
    for each in questions:
        is_core = reached < full
        reached += each.worth
        if not each.counts:
            gone += each.worth if is_core else 0.0
        elif is_core:
            core += each.score
        else:
            bonus += each.score
    if not gone:
        return Total(round(core + bonus, 6), 1.0)
    if gone >= full:  # nothing of the core is left: nobody can have lost anything
        return Total(round(full + bonus, 6), 0.0)
    scale = full / (full - gone)
    return Total(round(core * scale + bonus, 2), scale)


def changed_questions(grade: Grade, standing: Sequence[Decision]) -> Grade:
    """Return `grade` with the questions as decided before the late policy, and their total."""
    entries = list[Decided]()
    questions = tuple(_changed(each, standing, entries) for each in grade.questions)
    if questions == grade.questions:
        return grade
    score = total_of(questions, grade.max_score).score
    return replace(grade, questions=questions, score=score, decided=tuple(entries))


def _changed(
    question: QuestionResult, standing: Sequence[Decision], entries: list[Decided]
) -> QuestionResult:
    for each in standing:
        if each.question != question.question or each.late_rules == "after":
            continue
        before = question
        question = _decided(question, each)
        if question is not before:
            entries.append(_entry(each, before, question))
    return question


def _decided(question: QuestionResult, decision: Decision) -> QuestionResult:
    part = question.by_hand
    if decision.kind in (Kind.DROP, Kind.EXCUSE):
        return replace(question, counts=False)
    if decision.kind is Kind.CREDIT and (question.attempted or decision.to == "all"):
        closed = replace(part, points=part.worth) if part else None
        return _with_points(replace(question, by_hand=closed), question.worth)
    if decision.kind is Kind.OVERRIDE:
        closed = replace(part, points=part.points or 0.0) if part else None
        return _with_points(replace(question, by_hand=closed), decision.points or 0.0)
    if decision.kind is Kind.ADJUST:
        return _with_points(question, max(0.0, question.score + (decision.points or 0.0)))
    if decision.kind is Kind.MARK and part:
        marked = _marked(part, decision)
        gained = (marked.points or 0.0) - (part.points or 0.0)
        return _with_points(replace(question, by_hand=marked), question.score + gained)
    return question


def _marked(part: ByHand, decision: Decision) -> ByHand:
    if decision.criteria:
        return replace(
            part, points=sum(decision.criteria.values()), told=criteria_told(decision, part.worth)
        )
    return replace(part, points=decision.points, told=criteria_told(decision, part.worth))


def _with_points(question: QuestionResult, points: float) -> QuestionResult:
    checks = question.score if question.engine_score is None else question.engine_score
    return replace(question, score=round(points, 6), engine_score=checks)


def _entry(decision: Decision, before: QuestionResult, after: QuestionResult) -> Decided:
    return Decided(
        decision.kind.value,
        decision.who,
        decision.date,
        decision.why,
        told(decision, before.score, after.score),
        decision.question,
        before.score,
        after.score,
    )
