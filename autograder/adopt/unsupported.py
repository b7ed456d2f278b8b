"""What of an otter assignment this kit doesn't do: a sentence each."""

from collections.abc import Mapping
from typing import Any, cast

from autograder.course.imports import Imports

_SENTENCES = {
    "plugins": "Plugins ({value}) aren't run: what they change in the marks is missing.",
    "pdf": "No PDF is made of a notebook; the executed notebook is in each student's folder.",
    "token": "No PDF is uploaded to Gradescope, and the token in the configuration isn't used.",
    "course_id": "No PDF is uploaded to Gradescope.",
    "grade_from_log": "Notebooks are run and graded as they are; otter's log is never read.",
    "score_threshold": "The pass mark ({value}) isn't applied: points are given as earned.",
    "zips": "A zip is taken as it is handed in; 'zips' needs no setting here.",
}


def unsupported(config: Mapping[str, Any], imports: Imports) -> list[str]:
    """Return a sentence for each setting and import that has no effect here."""
    told = [
        sentence.format(value=_short(config[name]))
        for name, sentence in _SENTENCES.items()
        if config.get(name)
    ]
    if any(module == "client" or module.startswith("client.") for module in imports.modules):
        told.append(
            "okpy's client isn't supported: cells that import it fail, as under stock otter. Take "
            "'from client.api …' out of the notebook; grader.check does the same."
        )
    return list(dict.fromkeys(told))


def _short(value: Any) -> str:
    listed = cast("list[Any]", value) if isinstance(value, list) else [value]
    return ", ".join(map(_name, listed))


def _name(value: Any) -> str:
    """Return a plugin's name, which may be the key of its own settings."""
    own = next(iter(cast("dict[str, Any]", value)), "?") if isinstance(value, dict) else value
    return str(own)[:60]
