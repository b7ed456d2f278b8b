"""What the checks of whole numbers do: a function that returns some, or a number on its own.

The right number decides. A wrong one is answered with every cause that leads to it (the simplest
ones, in one sentence), computed over all calls of the check.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cnnlab.checks import Case, require
from cnnlab.feedback.calls import call_symptom, is_observation, with_print
from cnnlab.feedback.numbers import is_integer, number_symptom, whole_number
from cnnlab.feedback.same_numbers import KEEPS_STATE
from cnnlab.feedback.wrong_numbers import Guess, fitting
from cnnlab.probes import Observation, observe, probe_each
from cnnlab.seals import seal
from labkit.diagnosis import Cause, Diagnosis, caused, fail, one_of, sentence, with_text

REFUSING = frozenset({"ValueError", "AssertionError", "RuntimeError", "Error"})
"""How a function may refuse: its own error or a subclass of it, or the one that torch raises.

TorchScript turns every error into an `Error` of its own.
"""


def compare_numbers(
    question: str,
    name: str,
    function: Any,
    cases: Sequence[Case],
    expected: Sequence[int],
    guesses: Iterable[Guess] = (),
    *,
    advice: str,
    alone: Mapping[int, Iterable[Guess]] | None = None,
    public: bool = False,
    look: Callable[..., Observation] = observe,
) -> None:
    """Raise `CheckFailed` unless `function` returns the right whole number for each of `cases`.

    Args:
        guesses: what known mistakes return, one number for each case.
        advice: what holds in general; told where no known mistake fits.
        alone: for some places in `cases`, what mistakes return in this call. They are looked at
            where this call alone is wrong: somebody wrote a number for one well-known case.
        public: the inputs may be seen: tell them with the numbers. Floats are refused, too.
        look: the probe that calls the function.
    """
    require(question, name, function)
    seen = probe_each([(look, (function, *case.inputs), dict(case.options)) for case in cases])
    problem = numbers_problem(question, name, cases, seen, expected, guesses, advice, public, alone)
    fail(problem)


def numbers_problem(
    question: str,
    name: str,
    cases: Sequence[Case],
    seen: Sequence[Any],
    expected: Sequence[int],
    guesses: Iterable[Guess],
    advice: str,
    public: bool,
    alone: Mapping[int, Iterable[Guess]] | None = None,
) -> Diagnosis | None:
    """What is wrong with some observed calls, taken together; None if all are right."""
    symptoms = [number_seen(each, name, public) for each in seen]
    got = [
        None if bad else whole_number(one["value"]) for bad, one in zip(symptoms, seen, strict=True)
    ]
    wrong = [number != right for number, right in zip(got, expected, strict=True)]
    if not any(wrong):
        return _unclean(question, name, cases, seen, public)
    first = wrong.index(True)
    symptom, words = symptoms[first], cases[first].words
    diagnosis = _cause(question, name, cases, seen, got, expected, guesses, words)
    if diagnosis is None and sum(wrong) == 1 and alone and first in alone:
        causes = fitting([got[first]], alone[first])
        diagnosis = one_of(question, causes, "", words) if causes else None
    if diagnosis is None and symptom is not None:
        told = sentence(question, symptom.text, words)
        diagnosis = Diagnosis(told, symptom.causes, symptom.symptom, symptom.place)
    if diagnosis is None:
        text = f"{name} returns a wrong number: {advice}"
        diagnosis = Diagnosis(sentence(question, text, words), symptom="values")
    if not public:
        return diagnosis
    if symptom is None:
        more = f"Expected: {expected[first]}\nYours:    {got[first]}"
        diagnosis = with_text(diagnosis, more)
    return with_print(diagnosis, seen[first])


def _cause(
    question: str,
    name: str,
    cases: Sequence[Case],
    seen: Sequence[Any],
    got: Sequence[int | None],
    expected: Sequence[int],
    guesses: Iterable[Guess],
    words: str,
) -> Diagnosis | None:
    """What explains wrong calls as a whole: lost state, the same number always, known mistakes."""
    refused = [_refused(one) for one in seen]
    if any(number is None and not no for number, no in zip(got, refused, strict=True)):
        return None
    if _keeps_state(cases, got):
        return caused(question, KEEPS_STATE, words)
    if len(set(got)) == 1 and len(set(expected)) > 1 and None not in got:
        text = f"{name} returns the same number whatever it is asked"
        return Diagnosis(sentence(question, text, words), symptom="constant")
    causes = fitting(got, guesses)
    if not causes:
        return None
    told = one_of(question, causes, "", words)
    # Two mistakes at once: a check on which only one of them shows tells that one.
    parts = tuple(dict.fromkeys(part for name in told.causes for part in name.split("+")))
    return replace(told, causes=parts)


def _refused(seen: Any) -> bool:
    """Did a call stop with an error that says: these inputs don't go together?"""
    types = set(seen["types"]) if is_observation(seen) else set[str]()
    return bool(REFUSING & types) and not types & {"NotImplementedError", "RecursionError"}


def _keeps_state(cases: Sequence[Case], got: Sequence[int | None]) -> bool:
    """Did two calls with the same inputs return different numbers?"""
    calls = [(repr(case.inputs), repr(case.options)) for case in cases]
    return any(
        call == calls[k] and got[k] != number
        for i, (call, number) in enumerate(zip(calls, got, strict=True))
        for k in range(i)
    )


def _unclean(
    question: str, name: str, cases: Sequence[Case], seen: Sequence[Any], public: bool
) -> Diagnosis | None:
    """Right numbers, but was an input changed, or is one a float?"""
    for case, one in zip(cases, seen, strict=True):
        if one["changed"]:
            text = f"{name} changes the list that it is given: work on a copy"
            return caused(question, Cause("changes_input", text), case.words)
        if public and not is_integer(one["value"]):
            text = (
                f"{name} returns a float: a count is an int (`//` instead of `/`, 1 instead of 1.0)"
            )
            return Diagnosis(sentence(question, text, case.words), symptom="float")
    return None


def number_seen(seen: Any, name: str, public: bool = False) -> Diagnosis | None:
    """Why an observed call of `name` gave no whole number; None if it gave one."""
    return call_symptom(seen, name, public) or number_symptom(
        seen["value"], f"what {name} returns", function=True
    )


def compare_refusals(
    question: str,
    name: str,
    function: Any,
    cases: Sequence[Case],
    allowed: Case,
    *,
    public: bool = False,
) -> None:
    """Raise `CheckFailed` unless `function` raises a ValueError for each of `cases`.

    An assertion, a subclass and the error that torch itself raises are as good. A function that
    refuses the `allowed` case, too, refuses all.
    """
    require(question, name, function)
    calls = [*cases, allowed]
    seen = probe_each([(observe, (function, *case.inputs), dict(case.options)) for case in calls])
    problems = [_not_refused(one, name, public) for one in seen[:-1]]
    problems.append(call_symptom(seen[-1], name, public))
    for case, one, problem in zip(calls, seen, problems, strict=True):
        if problem is not None:
            text = sentence(question, problem.text, case.words)
            told = Diagnosis(text, (), problem.symptom, problem.place)
            fail(with_print(told, one) if public else told)


def _not_refused(seen: Any, name: str, public: bool) -> Diagnosis | None:
    """How a call failed to refuse its inputs; None if it refused them. All of it are symptoms."""
    if _refused(seen):
        return None
    asked = "no window fits here: `raise ValueError(...)`"
    failed = call_symptom(seen, name, public)
    if failed is not None and failed.symptom == "raised":
        text = f"{failed.text}, but {asked} with a text of your own"
        return Diagnosis(text, symptom="wrong_error", place=failed.place)
    if failed is not None and failed.symptom != "none":
        return failed
    value = seen["value"]
    if value is None and seen["printed"]:
        text = f"{name} prints something and raises no error, but {asked} instead of `print`"
        return Diagnosis(text, symptom="prints_instead_of_raising")
    if value is None:
        return Diagnosis(f"{name} returns None, but {asked}", symptom="not_refused")
    if issubclass(type(value), str):
        text = f"{name} returns a text, but {asked} instead of `return`"
        return Diagnosis(text, symptom="not_refused")
    number = whole_number(value)
    if number is not None and number <= 0:
        text = f"{name} raises no error. A size of 0 or less hides the mistake: raise a ValueError"
        return Diagnosis(text, symptom="not_refused")
    return Diagnosis(f"{name} raises no error, but {asked}", symptom="not_refused")


def check_number(
    question: str,
    name: str,
    value: Any,
    sealed: str,
    causes: Callable[[int], Sequence[Cause]],
    *,
    advice: str,
) -> None:
    """Raise `CheckFailed` unless `value` is the whole number whose seal is `sealed`.

    `causes` gives what leads to a wrong number; `advice` is told where nothing is known to.
    """
    symptom = number_symptom(value, name)
    if symptom is not None:
        fail(Diagnosis(sentence(question, symptom.text), symptom=symptom.symptom))
    number = whole_number(value)
    if number is not None and seal(f"{question} {name}", number) != sealed:
        found = one_of(question, causes(number), advice)
        told = found.text.removeprefix(f"{question}: ")
        text = f"{question}: {name} cannot be {number}: {told}"
        fail(Diagnosis(text, found.causes, "" if found.causes else "values"))


__all__ = ["Case", "check_number", "compare_numbers", "compare_refusals"]
