"""Say what a verification found: sentences, a line, a page for `docs/`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proofs.harness import row
from proofs.verify.packs import SIZE
from proofs.verify.recipes import Mistake
from proofs.verify.run import Proof
from proofs.verify.verdict import Verdict


@dataclass(frozen=True)
class Row:
    """The counts of one question, or of all."""

    question: str
    planted: int
    killed: int
    named: int
    promised: int
    """Mistakes whose cause the feedback must name."""
    misnamed: int
    """Mistakes that a check met with another cause."""
    public: int
    """Mistakes that a public check catches."""
    accepted: int
    variants: int


def rows(verdicts: Iterable[Verdict]) -> list[Row]:
    """Return one row a question, in the order of their numbers."""
    by_question: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_question.setdefault(verdict.recipe.question, []).append(verdict)
    return [_row(name, by_question[name]) for name in sorted(by_question, key=_number)]


def _number(question: str) -> tuple[int, str]:
    return (len(question), question)


def _row(question: str, verdicts: Sequence[Verdict]) -> Row:
    mistakes = [each for each in verdicts if isinstance(each.recipe, Mistake)]
    promised = [each for each in mistakes if _promises(each)]
    return Row(
        question,
        len(mistakes),
        sum(each.held for each in mistakes),
        sum(each.held and each.named for each in promised),
        len(promised),
        sum(bool(each.misnamed) for each in mistakes),
        sum(each.public for each in mistakes),
        sum(each.held for each in verdicts) - sum(each.held for each in mistakes),
        len(verdicts) - len(mistakes),
    )


def _promises(verdict: Verdict) -> bool:
    recipe = verdict.recipe
    return isinstance(recipe, Mistake) and bool(recipe.cause)


def last_line(proof: Proof) -> str:
    """Return the whole result in one line."""
    total = _row("all", proof.verdicts)
    return (
        f"planted {total.planted}, killed {total.killed}, named {total.named} of {total.promised},"
        f" misnamed {total.misnamed}, variants accepted {total.accepted} of {total.variants},"
        f" caught by public checks {total.public} of {total.planted}"
    )


def failures(proof: Proof) -> list[str]:
    """Everything that does not hold, a sentence each."""
    found = [*proof.full, *proof.empty]
    for verdict in proof.verdicts:
        name = f"{verdict.recipe.question}, {verdict.recipe.name}"
        is_mistake = isinstance(verdict.recipe, Mistake)
        if not verdict.held:
            what = "survived: it lost no points" if is_mistake else "was not accepted"
            found.append(f"{name}: {what}. Feedback: {verdict.message or '(none)'}")
        elif not verdict.named and isinstance(verdict.recipe, Mistake):
            promised = verdict.recipe.cause
            found.append(f"{name}: not named {promised!r}, but: {verdict.message}")
        if verdict.misnamed:
            causes = ", ".join(verdict.misnamed)
            found.append(f"{name}: misnamed, a check tells the cause {causes}: {verdict.message}")
        found += [f"{name}: {problem}" for problem in verdict.problems]
    return found


def page(proof: Proof) -> str:
    """Return `docs/test-quality.md`: the table, every planted answer, and what does not hold."""
    lines = [
        "# How good the checks are",
        "",
        "Written by `make verify`. A planted mistake replaces one answer of the solved notebook;"
        " it must lose points in its own question and in no other, and where the lesson promises"
        " it, the feedback must name the cause. A mistake that any check meets with another cause"
        f" is misnamed. A variant is a right answer, written differently. Up to {SIZE} answers, of"
        " different questions, share a notebook; where one is not met as it must be, each is"
        " graded again, alone, and that counts.",
        "",
        "| Question | Mistakes planted | Killed | Named | Misnamed | Caught by public checks"
        " | Variants accepted |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        row(
            *(each.question, each.planted, each.killed, f"{each.named} of {each.promised}"),
            *(each.misnamed, each.public, f"{each.accepted} of {each.variants}"),
        )
        for each in [*rows(proof.verdicts), _row("all", proof.verdicts)]
    ]
    solution = "; ".join(proof.full) or f"full marks on {proof.seeds} of {proof.seeds} seeds"
    blank = "; ".join(proof.empty) or f"0 points on {proof.seeds} of {proof.seeds} seeds"
    lines += ["", f"Solution: {solution}. Blank notebook: {blank}.", ""]
    lines += ["## What does not hold", "", *(f"- {each}" for each in failures(proof)), ""] * bool(
        failures(proof)
    )
    return "\n".join(lines) + "\n"
