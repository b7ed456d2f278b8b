"""Group recipes that may share a notebook, so that a proof takes minutes instead of an hour."""

import symtable
from collections.abc import Iterable, Mapping, Set

from autograder.judge.lending import Loan
from proofs.verify.recipes import Recipe

SIZE = 8
"""Recipes that share a notebook, at most; the other questions' answers are right."""


def building(chained: Mapping[str, str], loans: Iterable[Loan]) -> dict[str, frozenset[str]]:
    """Return by question on which lent ones its answer that builds on others does so.

    What stands between counts, too: q18 goes on from q12's model, which is one of q8's class.
    """
    names = {loan.question: loan.names for loan in loans}
    found = {
        question: {lent for lent in names if lent != question and names[lent] & _read(answer)}
        for question, answer in chained.items()
    }
    for _ in found:  # as many steps as the longest way may have
        for below in found.values():
            below.update(*(found.get(each, ()) for each in tuple(below)))
    return {question: frozenset(below) for question, below in found.items()}


def _read(answer: str) -> set[str]:
    """Return the names that an answer reads and doesn't bind in a function of its own."""
    waiting, found = [symtable.symtable(answer, "answer", "exec")], set[str]()
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        whole = table.get_type() == "module"
        symbols = (each for each in table.get_symbols() if each.is_referenced())
        found |= {each.get_name() for each in symbols if whole or each.is_global()}
    return found


def packed(recipes: Iterable[Recipe], builds: Mapping[str, Set[str]]) -> list[tuple[Recipe, ...]]:
    """Group `recipes` by up to `SIZE`, no two of one question.

    The answers that build on a question (`builds`) stay right where a mistake is planted in it:
    they show that it costs nobody else's points.
    """
    waiting: dict[str, list[Recipe]] = {}
    for recipe in recipes:
        waiting.setdefault(recipe.question, []).append(recipe)
    packs: list[tuple[Recipe, ...]] = []
    while any(waiting.values()):
        pack: list[Recipe] = []
        for question in sorted(waiting, key=lambda name: -len(waiting[name])):
            company = {each.question for each in pack}
            if waiting[question] and not any(_depend(question, it, builds) for it in company):
                pack.append(waiting[question].pop(0))
            if len(pack) == SIZE:
                break
        packs.append(tuple(pack))
    return packs


def _depend(one: str, other: str, builds: Mapping[str, Set[str]]) -> bool:
    return one in builds.get(other, ()) or other in builds.get(one, ())
