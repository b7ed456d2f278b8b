"""The words in which a student is told what a person has decided."""

from autograder.reports.words import number
from autograder.store.decisions.model import Decision, Kind


def told(decision: Decision, before: float | None, after: float | None) -> str:
    """Return a sentence for the student; '' for what concerns the instructors alone."""
    what = decision.question or "your total"
    moved = f"from {number(before or 0)} to {number(after or 0)}"
    remark = f" {decision.comment}" if decision.comment else ""
    why = f"{decision.why}{_stop(decision.why)}"
    match decision.kind:
        case Kind.OVERRIDE | Kind.ADJUST:
            return f"Your instructor changed {what} {moved}: {why}{remark}"
        case Kind.MARK:
            return f"Your instructor read your answer to {what}: {moved} points.{remark}"
        case Kind.COMMENT:
            where = f" on {decision.question}" if decision.question else ""
            return f"Your instructor writes{where}: {decision.comment}"
        case Kind.EXCUSE if decision.question:
            return f"You are excused from {what}: the other questions count for all points."
        case Kind.EXCUSE:
            return "You are excused from this assignment: it counts nowhere."
        case Kind.EXTENSION if decision.until:
            return f"You had time until {decision.until:%Y-%m-%d %H:%M %Z}."
        case Kind.DROP:
            return f"{what} counts for nobody: {why} The other questions count for all points."
        case Kind.CREDIT:
            whom = "everybody" if decision.to == "all" else "all who answered it"
            return f"{what} gives full points to {whom}: {why}"
        case Kind.CURVE:
            return f"All totals are reckoned anew ({decision.formula}), yours {moved}: {why}"
        case _:
            return ""


def criteria_told(decision: Decision, worth: float) -> str:
    """Return what a person has given for each criterion of a rubric."""
    given = [f"{name} {number(points)}" for name, points in decision.criteria.items()]
    points = decision.points if decision.points is not None else sum(decision.criteria.values())
    parts = f" ({', '.join(given)})" if given else ""
    return f"{number(points)} of {number(worth)} points{parts}"


def _stop(text: str) -> str:
    return "" if text.rstrip().endswith((".", "!", "?")) else "."
