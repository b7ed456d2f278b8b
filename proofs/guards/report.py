"""Say what became of each guard: sentences, a line, a page for `docs/`."""

from collections.abc import Sequence

from proofs.guards.trial import Trial
from proofs.harness import cell, row


def last_line(trials: Sequence[Trial]) -> str:
    """Return the whole result in one line."""
    return f"guards {len(trials)}, noticed {sum(trial.holds for trial in trials)}"


def failures(trials: Sequence[Trial]) -> list[str]:
    """Return a sentence for each guard that nothing, or not all that it names, has noticed."""
    return [
        f"{trial.guard.id}: not noticed: {'; '.join(trial.unnoticed)}"
        for trial in trials
        if not trial.holds
    ]


def page(trials: Sequence[Trial], seconds: float) -> str:
    """Return `docs/guards.md`: the count, what is not noticed, and every guard."""
    lines = [
        "# Guards",
        "",
        "Written by `python -m proofs guards`. Each guard (`tests/guards/*.toml`) is broken"
        " alone, in a copy of the project: its text is replaced by one that no longer protects"
        " anything. Then the tests and attacks that it names are run, and every one of them must"
        " fail; before that, all of them must pass with nothing broken. What each attack does is"
        " said in [attacks.md](attacks.md).",
        "",
        "A guard that keeps hostile code from the machine itself is tried with harmless code: what"
        " would kill, flood or fill the machine without it is not run without it.",
        "",
        f"Result: {last_line(trials)}, in {seconds / 60:.0f} minutes.",
        "",
    ]
    if found := failures(trials):
        lines += ["## Not noticed", "", *(f"- {cell(sentence)}" for sentence in found), ""]
    for area in sorted({trial.guard.area for trial in trials}):
        lines += [f"## {area.capitalize()}", "", "| Guard | What it protects | Fails without it |"]
        lines += ["|---|---|---|"]
        chosen = (trial for trial in trials if trial.guard.area == area)
        lines += [_line(trial) for trial in sorted(chosen, key=lambda trial: trial.guard.id)]
        lines += [""]
    return "\n".join(lines)


def _line(trial: Trial) -> str:
    guard = trial.guard
    fails = [f"`{_name(one)}`" if "::" in one else f"attack: {one}" for one in trial.noticed]
    what = f"{guard.protects} (`{guard.file}`)"
    return row(guard.id, what, "<br>".join(fails) or "**nothing**")


def _name(test: str) -> str:
    """Return a test's id without its folder and function marks."""
    return test.rpartition("/")[2].replace(".py::test_", ": ").replace("_", " ")
