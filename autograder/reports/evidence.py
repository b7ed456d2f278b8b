"""Evidence that checks have recorded, as what its kind is; what is no such thing is left out."""

from collections.abc import Collection, Iterable
from typing import Annotated, cast

from pydantic import Field, TypeAdapter, ValidationError

from autograder.records import QuestionResult
from autograder.reports.kinds.curve import Curve
from autograder.reports.kinds.images import Images
from autograder.reports.kinds.shapes import Shapes
from autograder.reports.kinds.table import Table
from autograder.reports.kinds.told import Measured, Note

Evidence = Shapes | Images | Curve | Note | Table | Measured
"""The kinds, in the order in which a page shows them."""
_EVIDENCE: TypeAdapter[Evidence] = TypeAdapter(Annotated[Evidence, Field(discriminator="kind")])


def evidence_of(
    questions: Iterable[QuestionResult], kinds: Collection[str] = ()
) -> dict[str, Evidence]:
    """Return the evidence of these questions by name: of each name what was recorded first.

    With `kinds` only that of these: reading pictures takes long.
    """
    cases = (case for question in questions for case in question.cases)
    recorded = (each for case in cases for each in case.evidence.items())
    found: dict[str, Evidence] = {}
    for name, form in recorded:
        if name not in found and (not kinds or _kind(form) in kinds) and (read := _read(form)):
            found[name] = read
    return found


def _kind(form: object) -> object:
    return cast("dict[str, object]", form).get("kind") if isinstance(form, dict) else None


def _read(form: object) -> Evidence | None:
    """Return what a check has recorded, if it is sound: a file may hold anything."""
    try:
        return _EVIDENCE.validate_python(form)
    except ValidationError:
        return None
