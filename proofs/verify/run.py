"""Grade every recipe with the engine: solution and blank first, then the planted answers."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

from autograder.course.assignment import Assignment
from autograder.course.plant import with_answers, write_notebook
from autograder.intake.notebook import read_notebook
from autograder.interrupt import temporary_folder
from autograder.judge.engine import Engine
from autograder.records import Grade, Submission
from proofs.harness import counted
from proofs.verify.frozen import freeze
from proofs.verify.packs import building, packed
from proofs.verify.recipes import Mistake, Recipe
from proofs.verify.verdict import Verdict, judge


@dataclass(frozen=True)
class Proof:
    """Everything that a verification found."""

    verdicts: tuple[Verdict, ...]
    seeds: int
    full: tuple[str, ...]
    """Seeds on which the solution did not get full marks: a sentence each."""
    empty: tuple[str, ...]
    """Seeds on which the blank notebook did not get 0: a sentence each."""

    @property
    def holds(self) -> bool:
        return not self.full and not self.empty and all(each.good for each in self.verdicts)


@dataclass(frozen=True)
class Field:
    """Where answers are planted: the blank notebook, its solutions, and cheap ones of those."""

    blank: dict[str, Any]
    solutions: Mapping[str, str]
    frozen: Mapping[str, str]
    chained: Mapping[str, str]
    """Right answers that build on earlier ones."""
    builds: Mapping[str, frozenset[str]]
    """By question, on which lent ones its chained answer builds."""

    @property
    def cheap(self) -> dict[str, str]:
        """All answers right, none of them training."""
        return {**self.solutions, **self.frozen}

    def planted(self, *recipes: Recipe) -> dict[str, Any]:
        """Return the solved notebook with the recipes' answers in their places."""
        base = self.cheap
        if any(isinstance(it, Mistake) and it.question in self._built_upon for it in recipes):
            base = {**base, **self._building_on_others}
        wrong = {recipe.question: recipe.answer for recipe in recipes}
        return with_answers(self.blank, {**base, **wrong})

    @property
    def _built_upon(self) -> frozenset[str]:
        return frozenset(chain(*self.builds.values()))

    @property
    def _building_on_others(self) -> dict[str, str]:
        """The chained answers; where a training is frozen, they go on from it."""
        return {
            question: f"{self.frozen.get(question, '')}\n{answer}"
            for question, answer in self.chained.items()
        }


def prepare(
    engine: Engine,
    assignment: Assignment,
    blank: dict[str, Any],
    solutions: Mapping[str, str],
    chained: Mapping[str, str],
) -> Field:
    """Compute once what is to be frozen. Raises `Untrained`."""
    with temporary_folder("cnn-verify-") as folder:
        file = folder / "solution.ipynb"
        write_notebook(with_answers(blank, solutions), file)
        notebook = read_notebook(Submission("solution", file))
    session = engine.start()
    try:
        frozen = freeze(session, notebook, assignment, solutions)
        return Field(blank, solutions, frozen, chained, building(chained, engine.loans))
    finally:
        session.close()


def prove(engine: Engine, field: Field, recipes: Sequence[Recipe], jobs: int, seeds: int) -> Proof:
    """Grade solution and blank on `seeds` seeds, then every recipe, `jobs` at once.

    Recipes of different questions share a notebook. Where one of them isn't met as it must be, each
    is graded again, alone, and that counts.
    """

    def check(pack: tuple[Recipe, ...]) -> list[Verdict]:
        verdicts = _judged(engine, field, pack)
        if len(pack) > 1 and not all(each.good for each in verdicts):
            verdicts = [verdict for each in pack for verdict in _judged(engine, field, (each,))]
        return verdicts

    with ThreadPoolExecutor(jobs) as pool:
        packs = packed(recipes, field.builds)
        full = pool.map(partial(_solved, engine, field), range(seeds))
        empty = pool.map(partial(_blank, engine, field), range(seeds))
        found = [*counted(pool.map(check, packs), len(packs), "notebooks with planted answers")]
        verdicts = sorted(chain(*found), key=lambda verdict: recipes.index(verdict.recipe))
        return Proof(tuple(verdicts), seeds, tuple(filter(None, full)), tuple(filter(None, empty)))


def _judged(engine: Engine, field: Field, pack: tuple[Recipe, ...]) -> list[Verdict]:
    grade = _graded(engine, field.planted(*pack))
    right = frozenset(field.solutions) - {each.question for each in pack}
    return [judge(recipe, grade, right) for recipe in pack]


def _solved(engine: Engine, field: Field, seed: int) -> str:
    answers = field.solutions if seed == 0 else field.cheap
    grade = _graded(replace(engine, seed=seed), with_answers(field.blank, answers))
    lost = [q.question for q in grade.questions if not q.is_full]
    if not lost and grade.questions:
        return ""
    return f"seed {seed}: the solution lost points in {', '.join(lost) or 'all questions'}"


def _blank(engine: Engine, field: Field, seed: int) -> str:
    grade = _graded(replace(engine, seed=seed), field.blank)
    won = [q.question for q in grade.questions if q.score > 0]
    if not won and grade.questions:
        return ""
    return f"seed {seed}: the blank notebook won points in {', '.join(won) or '(not graded)'}"


def _graded(engine: Engine, notebook: dict[str, Any]) -> Grade:
    with temporary_folder("cnn-verify-") as folder:
        file = folder / "planted.ipynb"
        write_notebook(notebook, file)
        return engine.grade(Submission("planted", file))[0]
