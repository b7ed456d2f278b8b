"""The late policy: what lateness costs, from times that the learning system tells.

Never from a clock: a rerun gives the same. Each started day counts from the due date on, unless
the work came within the grace period; the share is one of the full core points, as in Canvas.
"""

import math
from dataclasses import replace
from datetime import datetime, timedelta

from autograder.course.settings import LatePolicy
from autograder.records import Grade, Submission

UNKNOWN = "It is marked as late, but nobody tells by how much: nothing was deducted."
_DAY = timedelta(days=1)


def lateness(submitted: datetime | None, due: datetime | None) -> timedelta | None:
    """How late it came, zero if in time; None where one of the two times is not known."""
    if submitted is None or due is None:
        return None
    return max(submitted - due, timedelta(0))


def percent_off(policy: LatePolicy, late: timedelta) -> float:
    """The percentage of the full points that a lateness of `late` costs."""
    if late <= timedelta(minutes=policy.grace_minutes):
        return 0.0
    return min(math.ceil(late / _DAY) * policy.percent_per_day, policy.cap_percent)


def with_deduction(grade: Grade, submission: Submission, policy: LatePolicy | None) -> Grade:
    """`grade` after the late policy, with a sentence for the student; as it is without a policy.

    Never more is taken than was earned. A submission that is only marked as late, at a time that
    nobody tells, loses nothing; its note asks the instructor.
    """
    if policy is None:
        return grade
    late = lateness(submission.submitted, submission.due or policy.due)
    if late is None:
        if not submission.marked_late:
            return grade
        note = "It is marked as late, but not by how much: nothing was deducted; an instructor may."
        return replace(grade, notes=(*grade.notes, note), to_decide=(*grade.to_decide, UNKNOWN))
    percent = percent_off(policy, late)
    if not late or not percent:
        return grade
    due = round(grade.max_score * percent / 100, 6)
    points = max(0.0, min(due, grade.score))
    told = f"It came {_in_words(late)} late: {_taken(percent, due, points)}"
    return replace(grade, late_deduction=points, notes=(*grade.notes, told))


def _taken(percent: float, due: float, points: float) -> str:
    """What is taken, where `due` points are to be taken and `points` can be."""
    share = f"{percent:g} % of the full points, {due:g},"
    if points == due:
        return f"{share} are taken."
    if not points:
        return f"{share} would be taken, but there are no points to take from."
    return f"{share} would be taken, but no more than was earned: {points:g} are taken."


def final_score(grade: Grade) -> float:
    """The score that counts: what was earned less what lateness costs, and what people changed."""
    return max(0.0, round(grade.score - grade.late_deduction + grade.added_after, 6))


def _in_words(late: timedelta) -> str:
    """A span of time such as "1 day 2 h" or "35 min"."""
    minutes = math.ceil(late / timedelta(minutes=1))
    days, hours = minutes // 1440, minutes % 1440 // 60
    if not days and not hours:
        return f"{minutes} min"
    parts = [f"{days} day{'s' * (days > 1)}"] * bool(days) + [f"{hours} h"] * bool(hours)
    return " ".join(parts)
