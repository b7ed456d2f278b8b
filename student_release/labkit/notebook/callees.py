"""Does a failing answer build on an earlier one that fails its own check? Then mend that first."""

import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from labkit.notebook.public_tests import asked_names


def unready(
    question: str, now: Mapping[str, Any], passes: Callable[[str], bool], tests: Path
) -> list[str]:
    """A sentence for each answer that `question` builds on and whose own check does not pass.

    `now` is what is defined in the kernel; `passes` runs the public checks of a question.
    """
    own = asked_names(tests / f"{question}.py")
    reached = {name: list(_reached(now.get(name), now)) for name in own}
    sentences: list[str] = []
    for file in sorted(tests.glob("[!_]*.py"), key=lambda file: (len(file.stem), file.stem)):
        if file.stem == question:
            continue
        theirs = [name for name in asked_names(file) if name not in own]
        users = {callee: name for name in own for callee in theirs if callee in reached[name]}
        if users and not passes(file.stem):
            callee, user = next(iter(users.items()))
            sentences.append(
                f"{user} uses {callee}, which does not pass its own check yet: mend {file.stem}"
                " first."
            )
    return sentences


def _reached(value: Any, now: Mapping[str, Any]) -> Iterator[str]:
    """Names of the kernel that `value` leads to: what functions call, and an object's class."""
    seen, todo = set[str](), list(_names_in(value, now))
    while todo:
        name = todo.pop()
        if name not in seen and name in now:
            seen.add(name)
            yield name
            todo += _names_in(now[name], now)


def _names_in(value: Any, now: Mapping[str, Any]) -> Iterable[str]:
    if isinstance(value, types.FunctionType):
        return _code_names(value.__code__)
    if isinstance(value, type):
        functions = [each for each in vars(value).values() if isinstance(each, types.FunctionType)]
        return [name for each in functions for name in _code_names(each.__code__)]
    # An object leads to its class, where the notebook has defined that.
    kind = type(value)
    return [kind.__name__] if now.get(kind.__name__) is kind else []


def _code_names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _code_names(constant)
