"""Group recipes that may share a notebook, so that a proof takes minutes instead of an hour."""

from collections.abc import Iterable, Set

from proofs.verify.recipes import Recipe

SIZE = 8
"""Recipes that share a notebook, at most; the other questions' answers are right."""


def packed(
    recipes: Iterable[Recipe], lent: Set[str], chained: Set[str]
) -> list[tuple[Recipe, ...]]:
    """Group `recipes` by up to `SIZE`, no two of one question.

    The answers that build on others (`chained`) stay right where a mistake in a question that is
    `lent` is planted: they show that it costs nobody else's points.
    """
    waiting: dict[str, list[Recipe]] = {}
    for recipe in recipes:
        waiting.setdefault(recipe.question, []).append(recipe)
    packs: list[tuple[Recipe, ...]] = []
    while any(waiting.values()):
        pack: list[Recipe] = []
        for question in sorted(waiting, key=lambda name: -len(waiting[name])):
            company = {each.question for each in pack}
            if waiting[question] and all(_may_share(question, it, lent, chained) for it in company):
                pack.append(waiting[question].pop(0))
            if len(pack) == SIZE:
                break
        packs.append(tuple(pack))
    return packs


def _may_share(one: str, other: str, lent: Set[str], chained: Set[str]) -> bool:
    return not (one in lent and other in chained) and not (other in lent and one in chained)
