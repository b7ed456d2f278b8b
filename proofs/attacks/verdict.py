"""What the grade of an attacked notebook proves about the engine."""

import json
from dataclasses import dataclass
from typing import Any

from autograder.records import Ending, Grade, Notebook, Outcome
from autograder.reports.executed import executed_notebook
from autograder.reports.feedback import page
from autograder.reports.gradescope import results
from proofs.attacks.field import Secrets
from proofs.attacks.recipes import Attack, TierName

SUCCESS = "ESCAPED"
"""What an attack prints when it got what it must not."""


@dataclass(frozen=True)
class Verdict:
    """One attack's result at one tier."""

    attack: Attack
    tier: TierName
    problems: tuple[str, ...]
    """What does not hold, in sentences."""
    ending: str
    """How the run ended, in words."""
    seconds: float

    @property
    def held(self) -> bool:
        return not self.problems


def judge(attack: Attack, grade: Grade, notebook: Notebook | None, words: Secrets) -> list[str]:
    """Return what `grade` shows that must not be, a sentence each."""
    problems = [*_about_marks(attack, grade), *_about_texts(grade, notebook, words)]
    return problems + (_about_recipe(attack, grade, notebook) if notebook else [])


def honest_problems(grade: Grade, when: str = "afterwards") -> list[str]:
    """Return what an honest submission has lost through the attack beside or before it."""
    lost = [result.question for result in grade.questions if result.score < result.max_score]
    if grade.questions and not lost and grade.ending is Ending.COMPLETED:
        return []
    return [
        f"an honest submission {when} lost {', '.join(lost) or 'all'}:"
        f" {grade.ending}, {grade.message}"
    ]


def _about_recipe(attack: Attack, grade: Grade, notebook: Notebook) -> list[str]:
    """Return that the recipe is broken: one whose own cell fails has shown nothing."""
    own = {cell.index for cell in notebook.cells if attack.code in cell.source}
    return [
        f"the recipe is broken, its cell raised {run.message}"
        for run in grade.cells
        if run.index in own and run.outcome is Outcome.STUDENT_ERROR and not attack.raises
    ]


def _about_marks(attack: Attack, grade: Grade) -> list[str]:
    if not grade.questions:
        return [f"not graded: {grade.ending}, {grade.message}"]
    problems: list[str] = []
    for result in grade.questions:
        if result.question == attack.question and attack.must_get_nothing and result.score > 0:
            problems.append(f"forged {result.score:g} points in {result.question}")
        if attack.spares(result.question) and result.score < result.max_score:
            reason = next((case.message for case in result.cases if case.message), "")
            problems.append(f"{result.question} lost points: {reason}")
    if grade.needs_review or grade.ending is Ending.GRADER_ERROR:
        faults = [
            case.message for result in grade.questions for case in result.cases if case.message
        ]
        problems.append(f"it passes as a fault of the grader: {grade.message} {faults}")
    if attack.ending and grade.ending not in attack.ending:
        problems.append(f"it ended as {grade.ending}: {grade.message}")
    return problems


def _about_texts(grade: Grade, notebook: Notebook | None, words: Secrets) -> list[str]:
    """Secrets and success where a student or an instructor reads, markup that could run."""
    problems: list[str] = []
    feedback = page(grade)
    executed: dict[str, Any] = {"cells": []}
    if notebook:
        executed = executed_notebook(notebook, grade)
    seen = "\n".join(
        (feedback, json.dumps(executed), json.dumps(results(grade)), grade.message, *grade.notes)
    )
    if words.canary in seen:
        problems.append("the text of the hidden tests shows in a report")
    if words.hidden_input in seen:
        problems.append("an input of a hidden check shows in a report")
    told = [*_outputs(executed), grade.message, *(run.message for run in grade.cells)]
    told += [case.message for result in grade.questions for case in result.cases]
    problems += [f"it says {text.strip()[:200]!r}" for text in told if SUCCESS in text]
    if "<script" in feedback.lower() or "<img" in feedback.lower():
        problems.append("markup of a student's stands in the feedback page")
    if any("\x1b" in text for text in (feedback, *_outputs(executed))):
        problems.append("terminal escapes stand in a report")
    return problems


def _outputs(executed: dict[str, Any]) -> list[str]:
    return [
        json.dumps(output, ensure_ascii=False)
        for cell in executed["cells"]
        for output in cell.get("outputs", ())
    ]
