"""Say what an observed call showed: no function, an error and its line, a print, nothing at all."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from labkit.diagnosis import Cause, Diagnosis, Place, sentence, with_text
from labkit.failures import is_exception_name
from labkit.probes import NOTHING_TO_CALL, Observation

PRINTED_LINES = 5
_TYPES = {"raised": str, "printed": str, "code": str, "line": int, "cell": int}
_LISTS = {"types": str, "changed": int}
NO_ERRORS: Mapping[str, Cause] = {}


def is_observation(seen: Any) -> bool:
    """Is `seen` what `observe` reports? It comes from the sandbox, which may send anything."""
    if not isinstance(seen, dict) or set(seen) != Observation.__required_keys__:
        return False
    return all(type(seen[name]) is kind for name, kind in _TYPES.items()) and all(
        type(seen[name]) is list and all(type(item) is kind for item in seen[name])
        for name, kind in _LISTS.items()
    )


def call_symptom(
    seen: Any, name: str, public: bool = False, known_errors: Mapping[str, Cause] = NO_ERRORS
) -> Diagnosis | None:
    """Did the call fail, or print its result instead of returning it? Without the question.

    `known_errors`: what a library says of a mistake that has no other cause.
    """
    if not is_observation(seen):
        return Diagnosis(f"{name} could not be observed", symptom="unreadable")
    if seen["raised"].startswith(NOTHING_TO_CALL):
        text = f"{name} is not there yet. Write it in the answer cell and run that cell"
        return Diagnosis(text, symptom="missing")
    if seen["raised"]:
        where = place_of(seen, public)
        text = _error_words(seen, name, where, public)
        known = [cause for words, cause in known_errors.items() if words in seen["raised"]]
        text = f"{text}: {known[0].text}" if known else text
        return Diagnosis(text, tuple(cause.id for cause in known[:1]), "raised", where)
    if seen["value"] is None and seen["printed"]:
        text = f"{name} prints its result and returns None: end it with `return`"
        return Diagnosis(text, ("prints_instead_of_returning",), "none")
    return None


def place_of(seen: Any, public: bool = False) -> Place | None:
    """The line of the student's cell that raised. Its text is told only where inputs are public.

    In a hidden check the grader shows the line from its own copy of the cell instead.
    """
    if not seen["line"]:
        return None
    return Place(seen["line"], seen["cell"], seen["code"] if public else "")


def _error_words(seen: Any, name: str, where: Place | None, public: bool) -> str:
    """The exception in words. In a hidden check its own text could carry the hidden inputs."""
    told = seen["raised"].rstrip(": ") if public else f"{exception_name(seen)}"
    line = f", line {where.line} of your cell" if where else ""
    code = f": `{where.code}`" if where and where.code else ""
    return f"{name} stopped with an error ({told}){line}{code}"


def exception_name(seen: Any) -> str:
    """The class of what was raised, by the closest name that is not the student's own."""
    names = [each for each in seen["types"] if is_exception_name(each)]
    return names[0] if names else "an exception of its own"


def with_print(diagnosis: Diagnosis, seen: Any) -> Diagnosis:
    """`diagnosis` of a public check, with the first lines that the student's function printed."""
    printed = seen["printed"].strip() if is_observation(seen) else ""
    if not printed:
        return diagnosis
    lines = printed.splitlines()
    more = " …" if len(lines) > PRINTED_LINES else ""
    return with_text(diagnosis, "It printed: " + "\n    ".join(lines[:PRINTED_LINES]) + more)


def failed_call(
    question: str,
    name: str,
    seen: Any,
    public: bool,
    known_errors: Mapping[str, Cause] = NO_ERRORS,
) -> Diagnosis | None:
    """`call_symptom` as a whole diagnosis, for functions that need not return anything."""
    failed = call_symptom(seen, name, public, known_errors)
    if failed is None or failed.symptom == "none":
        return None
    told = replace(failed, text=sentence(question, failed.text))
    return with_print(told, seen) if public else told
