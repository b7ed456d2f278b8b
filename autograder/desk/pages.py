"""The desk's pages as HTML. Every text is escaped, and cleaned of what cannot be seen."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import ChoiceLoader, Environment, PackageLoader

from autograder.desk.reading import stamp_of
from autograder.records import Ending
from autograder.reports.feedback import TONES, templates_in
from autograder.reports.words import (
    ENDING_WORDS,
    OUTCOME_SYMBOLS,
    OUTCOME_WORDS,
    has_marks,
    total,
)

_ENDING_TONES = {Ending.COMPLETED: "good", Ending.GRADER_ERROR: "open"}
_SHARED: Mapping[str, Any] = {
    "tones": TONES,
    "ending_tones": _ENDING_TONES,
    "ending_words": ENDING_WORDS,
    "outcome_words": OUTCOME_WORDS,
    "outcome_symbols": OUTCOME_SYMBOLS,
    "total_of": total,
    "has_marks": has_marks,
}
_TYPES = {".css": "text/css", ".js": "text/javascript"}


def rendered(template: str, **values: Any) -> str:
    """Return the page that `template` makes of `values`."""
    return _environment().get_template(template).render({**_SHARED, **values})


@cache
def _environment() -> Environment:
    templates = templates_in(
        ChoiceLoader(
            [PackageLoader("autograder", "desk/templates"), PackageLoader("autograder", "reports")]
        )
    )
    templates.filters["address"] = address
    templates.filters["stamp"] = stamp_of
    return templates


def address(part: str) -> str:
    """Return `part` as one part of an address."""
    return quote(part, safe="")


@cache
def static_files() -> Mapping[str, tuple[str, str]]:
    """Return the type and the content of each file that pages load, by name."""
    folder = files("autograder.desk").joinpath("static")
    found = {
        file.name: (_TYPES[f".{file.name.rsplit('.')[-1]}"], file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(tuple(_TYPES))
    }
    made = {
        f"{name}.css": ("text/css", _environment().get_template(f"{name}.css.j2").render())
        for name in ("page", "explained")
    }
    return found | made
