"""Say what the attacks showed: sentences, a line, a page for `docs/`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proofs.attacks.recipes import NUMBERS, TIERS, Attack, TierName
from proofs.attacks.verdict import Verdict
from proofs.harness import cell, row


@dataclass(frozen=True)
class Outcome:
    """Everything that a run of attacks has found."""

    verdicts: tuple[Verdict, ...]
    left: tuple[tuple[TierName, str], ...]
    """What was still there at the end of a tier, in sentences."""
    absent: tuple[tuple[TierName, str], ...] = ()
    """Layers that did not hold, or tiers that could not be had, in sentences."""

    @property
    def holds(self) -> bool:
        """True when every attack has failed at every tier and nothing was left."""
        judged = [each for each in self.verdicts if not each.attack.known_limit]
        return (
            bool(judged) and not self.left and not self.absent and all(each.held for each in judged)
        )


@dataclass(frozen=True)
class Row:
    """The counts of one group of attacks at one tier."""

    attacks: int
    held: int


_ALWAYS = (
    "- Where no control group can be made, a sandbox is kept on one core. Grade no more at once"
    " than there are cores; time of processes that nobody waits for isn't counted there once they"
    " end.",
    "- A notebook that only waits, with others beside it, runs until the clock's limit and then"
    " once more alone: it costs the class time, and nobody marks.",
    "- The networks of q12 and q18 compute their scores in the submission's own process. A network"
    " that carries a table of digits is met by counting what it stores and by setting its weights"
    " to 0, and is for review; code that answers those two probes falsely as well isn't."
    " Gradescope's leaderboard therefore calls the accuracy what the submission computes.",
)
"""What no attack shows."""


def count(verdicts: Iterable[Verdict], tier: TierName, group: str = "") -> Row:
    """Return how many attacks of `group`, or of all, there were at `tier`, and how many failed."""
    chosen = [
        each
        for each in verdicts
        if each.tier == tier
        and not each.attack.known_limit
        and (not group or each.attack.group == group)
    ]
    return Row(len(chosen), sum(each.held for each in chosen))


def groups(outcome: Outcome) -> list[str]:
    """Return the names of the groups, in order."""
    judged = [each.attack for each in outcome.verdicts if not each.attack.known_limit]
    return sorted({attack.group for attack in judged})


def last_line(outcome: Outcome) -> str:
    """Return the whole result in one line."""
    names = {each.attack.name for each in outcome.verdicts if not each.attack.known_limit}
    held = ", ".join(_held(outcome, tier) for tier in TIERS)
    return f"attacks {len(names)}, {held}"


def _held(outcome: Outcome, tier: TierName) -> str:
    row = count(outcome.verdicts, tier)
    if not row.attacks:
        return f"not run (tier {NUMBERS[tier]})"
    of_all = "" if row.held == row.attacks else f" of {row.attacks}"
    return f"held {row.held}{of_all} (tier {NUMBERS[tier]})"


def failures(outcome: Outcome) -> list[str]:
    """Everything that does not hold, a sentence each."""
    found = [f"tier {NUMBERS[tier]}: {text}" for tier, text in (*outcome.absent, *outcome.left)]
    for verdict in outcome.verdicts:
        if not verdict.attack.known_limit:
            where = f"tier {NUMBERS[verdict.tier]}, {verdict.attack.group}, {verdict.attack.name}"
            found += [f"{where}: {problem}" for problem in verdict.problems]
    return found


@dataclass(frozen=True)
class Layer:
    """A guard without which attacks win."""

    protects: str
    """What holds thanks to it, as a sentence."""
    tier: TierName
    attacks: tuple[str, ...]
    """Names of attacks that win without it, as `make guards` has tried."""


def page(outcome: Outcome, layers: Sequence[Layer] = ()) -> str:
    """Return `docs/attacks.md`: counts, what does not hold, limits, layers, every attack."""
    lines = [
        "# Attacks",
        "",
        "Written by `python -m proofs attack`. Each attack (`tests/attacks/*.toml`) stands in a"
        " solved notebook of a small assignment and is graded by the real engine. It has failed"
        " when a wrong answer got no points by it, all other questions kept theirs, nothing that a"
        " student sees holds the text of a hidden test, nobody outside heard of it, and an honest"
        " notebook graded right after it (beside it, too, where it is about resources) has full"
        " marks. At the end of a tier no process, file,"
        " control group, mount or open descriptor may be left.",
        "",
        f"Result: {last_line(outcome)}.",
        "",
        "| Group | Held at tier 1 (namespaces, as root) | Held at tier 2 (namespaces, as a plain"
        " user) | Held at tier 3 (container) |",
        "|---|---|---|---|",
        *(_group_line(outcome, group) for group in [*groups(outcome), ""]),
        "",
    ]
    if found := failures(outcome):
        lines += ["## What does not hold", "", *(f"- {cell(each)}" for each in found), ""]
    lines += ["## Known limits", "", *_ALWAYS, *_limits(outcome)]
    lines += _layers(layers, {attack.name for attack in _attacks(outcome)})
    titles = "".join(f" Tier {NUMBERS[tier]} |" for tier in TIERS)
    lines += [
        "## Every attack",
        "",
        f"| Group | Attack |{titles}",
        "|---|---" + "|---" * len(TIERS) + "|",
    ]
    lines += [_attack_line(outcome.verdicts, attack) for attack in _attacks(outcome)]
    return "\n".join(lines) + "\n"


def _layers(layers: Sequence[Layer], judged: set[str]) -> list[str]:
    """Return what each layer is, and which of the attacks that were held here win without it."""
    if not layers:
        return []
    names = {name for layer in layers for name in layer.attacks} & judged
    return [
        "## Which attack wins without which layer",
        "",
        "Each of these layers was broken alone, in a copy of the project, and the attacks named"
        f" beside it were run: {len(names)} attacks that are held above win against one of"
        f" {len(layers)} broken layers. `make guards` tries this anew and fails where an attack is"
        " still held; [guards.md](guards.md) has every other guard and the test that fails without"
        " it. The other attacks are stopped by more than one layer: without one of them, the next"
        " one holds.",
        "",
        "| What the layer is for | Tier | Attacks that win without it |",
        "|---|---|---|",
        *(row(layer.protects, NUMBERS[layer.tier], "<br>".join(layer.attacks)) for layer in layers),
        "",
    ]


def _group_line(outcome: Outcome, group: str) -> str:
    rows = [count(outcome.verdicts, tier, group) for tier in TIERS]
    texts = [f"{row.held} of {row.attacks}" if row.attacks else "not run" for row in rows]
    return row(group or "all", *texts)


def _attacks(outcome: Outcome) -> list[Attack]:
    known = {each.attack.name: each.attack for each in outcome.verdicts}
    judged = [attack for attack in known.values() if not attack.known_limit]
    return sorted(judged, key=lambda attack: attack.group)


def _attack_line(verdicts: Sequence[Verdict], attack: Attack) -> str:
    by_tier = {each.tier: each for each in verdicts if each.attack.name == attack.name}
    return row(attack.group, attack.name, *(_result(by_tier.get(tier)) for tier in TIERS))


def _result(verdict: Verdict | None) -> str:
    if verdict is None:
        return "–"
    return "held" if verdict.held else "**not held**"


def _limits(outcome: Outcome) -> list[str]:
    lines: list[str] = []
    known = {v.attack.name: v.attack for v in outcome.verdicts if v.attack.known_limit}
    for attack in known.values():
        tiers = ", ".join(str(NUMBERS[tier]) for tier in attack.tiers)
        lines += [f"- **{cell(attack.name)}** (tier {tiers}). {cell(attack.known_limit)}"]
    return [*lines, ""] if lines else ["None was looked at.", ""]
