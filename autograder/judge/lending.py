"""Lends right answers of earlier questions, so that a mistake costs no question that builds on it.

A question that lost points is checked a second time where it builds, directly or through other
cells, on the names of earlier questions that lost points, too. Right answers stand under these
names meanwhile, its answer cell is run with them, and the better result counts.
"""

import ast
import inspect
import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.judge.score import Question
from autograder.judge.session import Session
from autograder.judge.wire import StudentError
from autograder.records import Cell, Outcome, QuestionResult

_log = logging.getLogger(__name__)

_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Loan:
    """Right answers for the names of one question."""

    question: str
    names: frozenset[str]
    source: str
    """Python that defines the names."""


def read_loans(folder: Path, questions: Iterable[Question]) -> tuple[Loan, ...]:
    """The right answers in `folder`, one file a question; none where there is no such folder."""
    loans: list[Loan] = []
    for question in questions:
        file = folder / f"{question.id}.py"
        if file.is_file():
            source = file.read_text("utf-8")
            defined = _defined(ast.parse(source))
            loans.append(Loan(question.id, names_of(question) & defined, source))
    return tuple(loans)


def names_of(question: Question) -> frozenset[str]:
    """The names that the checks of `question` look at: its answer."""
    tests = (case.body.test_func for case in question.cases)
    return frozenset(name for test in tests for name in inspect.signature(test).parameters)


def useful_loans(
    question: Question,
    cells: Sequence[Cell],
    results: Mapping[str, QuestionResult],
    loans: Iterable[Loan],
) -> list[Loan]:
    """The loans for questions that lost points and on whose names the answer cell builds.

    What stands between is lent, too, points lost or not: a model that was made by a wrong class
    stays one of that class.
    """
    loans = [loan for loan in loans if loan.question != question.id]
    broken = [
        loan
        for loan in loans
        if loan.question in results
        and results[loan.question].score < results[loan.question].max_score
    ]
    used = _names_behind(question.id, cells) if broken else frozenset[str]()
    wrong = frozenset(name for loan in broken for name in loan.names & used)
    return [
        loan
        for loan in loans
        if loan.names & used and (loan in broken or _names_behind(loan.question, cells) & wrong)
    ]


def _names_behind(question: str, cells: Sequence[Cell]) -> frozenset[str]:
    """Names that the answer cell uses, and those behind them: what the cells use that define them.

    Answer cells of other questions are looked at, too: q18 may use a model that q12 made by q8.
    """
    read = [_words_of(cell.source) for cell in cells]
    todo = [used for cell, (_, used) in zip(cells, read, strict=True) if cell.answers == question]
    found: set[str] = set()
    while todo:
        new = todo.pop() - found
        found |= new
        todo += [used for defined, used in read if defined & new]
    return frozenset(found)


def _words_of(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a cell defines, and those that its code reads."""
    lines = ("" if line[:1] in ("%", "!") else line for line in source.splitlines())
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(), frozenset(_WORD.findall(source))
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return _defined(tree), frozenset(node.id for node in names if isinstance(node.ctx, ast.Load))


def _defined(tree: ast.Module) -> frozenset[str]:
    """Names that the statements of `tree` bind, in functions and branches as well."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return frozenset(names)


def second_chance(
    session: Session,
    answer: Cell | None,
    loans: Sequence[Loan],
    result: QuestionResult,
    seconds: float,
    score: Callable[[], QuestionResult],
) -> QuestionResult:
    """The better of `result` and what `score` gives with the loans in place.

    The answer cell is run with them first; where that fails, or gives nothing better, the
    notebook's variables are as before. Of two equal results the second counts, unless something
    stopped in it: its messages speak of this question's own mistakes.
    """
    better = False
    try:
        session.lend([(loan.source, sorted(loan.names)) for loan in loans])
        if answer and session.run_cell(answer, seconds).outcome is not Outcome.PASSED:
            return result
        second = score()
        better = second.score > result.score
        own_mistakes = all(case.outcome in _VERDICTS for case in second.cases)
        return second if better or (own_mistakes and second.score == result.score) else result
    except StudentError as error:  # the sandbox has ended: what was seen before counts
        _log.info("loans to %s: %s", result.question, error)
        return result
    finally:
        if session.alive:
            session.take_back(keep=better)


_VERDICTS = (Outcome.PASSED, Outcome.FAILED)
