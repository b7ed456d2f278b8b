"""A class of honest, mistaken, blank, slow, hostile and unreadable notebooks of the real lesson.

They come from `verify` and `attacks`: planted mistakes and attack recipes, put into the solved
notebook, whose training is cut short by answers that hold trained weights.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from autograder.course.plant import with_answers, write_notebook
from autograder.intake.notebook import read_notebook
from autograder.records import Ending, Grade, Submission
from proofs.attacks import verdict as attack_verdict
from proofs.attacks.field import ATTACKS, Secrets, code_cell, read_lesson, set_up_cell
from proofs.attacks.recipes import Attack, read_attacks
from proofs.verify import verdict as mistake_verdict
from proofs.verify.recipes import Mistake
from proofs.verify.run import Field

PATTERN = (
    *("honest", "mistaken", "hostile", "blank", "mistaken", "slow", "hostile", "honest"),
    *("mistaken", "hostile", "unreadable", "mistaken", "honest", "hostile", "mistaken", "slow"),
    *("honest", "mistaken", "hostile", "blank"),
)
"""The kinds of submissions, in turn."""
PLACE = "q5"
"""The question in whose answer cell an attack stands if it needs one."""
SMALL_LESSON = ("brighten", "parameter_count", "classifier", "describe")
"""Names of the lesson that the attacks were written for: one that uses them fits no other."""

Judge = Callable[[Submission, Grade], Sequence[str]]
"""What a grade shows that must not be, a sentence each."""


@dataclass(frozen=True)
class Ingredients:
    """What the class is made of."""

    field: Field
    mistakes: Sequence[Mistake]
    words: Secrets
    facts: Mapping[str, object]
    """What an attacker knows."""


@dataclass(frozen=True)
class Planned:
    """What was handed in, and what its grade must show."""

    kind: str
    judge: Judge


def write_class(folder: Path, count: int, ingredients: Ingredients) -> Mapping[str, Planned]:
    """Write `count` submissions to `folder`; what is planned for each student."""
    planned: dict[str, Planned] = {}
    makers = _makers(ingredients)
    for number, kind in zip(range(1, count + 1), cycle(PATTERN), strict=False):
        student = f"student_{number:04d}"
        document, judge = next(makers[kind])
        file = folder / f"{student}.ipynb"
        write_notebook(document, file)
        if kind == "unreadable":
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])
        planned[student] = Planned(kind, judge)
    return planned


def attacks_for_any_lesson() -> list[Attack]:
    """Return the attacks that cost at most the question in whose answer they stand.

    Forgeries that come before a question replace parts of torch, which the lesson's own code needs.
    """
    return [
        attack
        for attack in read_attacks(ATTACKS)
        if "namespaces" in attack.tiers
        and not (attack.known_limit or attack.may_cost or attack.raises)
        and not (attack.where == "before" and attack.question)
        and not any(name in attack.code for name in SMALL_LESSON)
    ]


Made = tuple[dict[str, Any], Judge]


def _makers(parts: Ingredients) -> dict[str, Iterator[Made]]:
    """For each kind, notebooks without end."""
    attacks, field = attacks_for_any_lesson(), parts.field
    slow = [each for each in attacks if Ending.TIME_LIMIT in each.ending]
    hostile = [each for each in attacks if each not in slow]
    solved = with_answers(field.blank, field.cheap)
    return {
        "honest": cycle([(solved, partial(judge_share, 1.0))]),
        "blank": cycle([(field.blank, partial(judge_share, 0.0))]),
        "unreadable": cycle([(field.blank, judge_unreadable)]),
        "mistaken": (_mistaken(field, mistake) for mistake in cycle(parts.mistakes)),
        "slow": (_attacked(parts, attack) for attack in cycle(slow)),
        "hostile": (_attacked(parts, attack) for attack in cycle(hostile)),
    }


def _mistaken(field: Field, mistake: Mistake) -> Made:
    return field.planted(mistake), partial(_judge_mistake, mistake, frozenset(field.solutions))


def _attacked(parts: Ingredients, attack: Attack) -> Made:
    """Return the solved notebook with `attack` in it, and what judges its grade."""
    answers = parts.field.cheap
    if attack.where == "answer":
        answers[PLACE] += "\n\n" + attack.code
    document = with_answers(parts.field.blank, answers)
    if attack.where != "answer":
        place = 0 if attack.where == "before" else len(document["cells"])
        document["cells"].insert(place, code_cell(attack.code))
    document["cells"].insert(0, set_up_cell(read_lesson(), parts.facts))
    question = PLACE if attack.where == "answer" else ""
    moved = replace(attack, question=question, answer="right")
    return document, partial(_judge_attack, moved, parts.words)


def judge_share(share: float, _: Submission, grade: Grade) -> list[str]:
    """Return all points, or none, of a notebook that runs to its end."""
    if grade.ending is Ending.COMPLETED and grade.questions:
        return [
            f"{each.question} got {each.score:g} of {each.max_score:g}"
            for each in grade.questions
            if each.score != share * each.max_score
        ]
    return [f"it ended as {grade.ending}: {grade.message}"]


def judge_unreadable(_: Submission, grade: Grade) -> list[str]:
    """Return a damaged file is told as one."""
    return [] if grade.ending is Ending.UNREADABLE else [f"it ended as {grade.ending}"]


def _judge_mistake(
    mistake: Mistake, unaffected: frozenset[str], _: Submission, grade: Grade
) -> list[str]:
    verdict = mistake_verdict.judge(mistake, grade, unaffected)
    problems = list(verdict.problems)
    if not verdict.held:
        problems.append(f"the mistake '{mistake.name}' was not found")
    return problems


def _judge_attack(
    attack: Attack, words: Secrets, submission: Submission, grade: Grade
) -> list[str]:
    notebook = read_notebook(submission)
    return [
        f"{attack.name}: {problem}"
        for problem in attack_verdict.judge(attack, grade, notebook, words)
    ]
