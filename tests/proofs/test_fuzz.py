"""Readers of what students control survive a few hundred broken inputs; the fuzzer feeds more."""

import random
from pathlib import Path

from proofs.attacks import inputs, targets
from proofs.attacks.fuzz import Findings, fuzz, search
from proofs.attacks.mutate import changed_bytes, changed_tree


def test_nothing_but_declared_errors_leaves_the_readers():
    findings = Findings()
    search(500, findings, seed=11)
    assert findings.inputs >= 500
    assert findings.problems == []


def test_an_undeclared_error_is_reported_with_its_input():
    findings = Findings()
    findings.try_one("reader", lambda data: [].index(data), b"the input")
    assert len(findings.problems) == 1
    assert "the input" in findings.problems[0]


def test_the_fuzzer_counts_and_says_so_last():
    found = fuzz(200)
    assert found.holds and found.last_line.startswith("inputs 2")


def test_the_same_seed_gives_the_same_inputs():
    assert list(inputs.answers(20, seed=3)) == list(inputs.answers(20, seed=3))
    assert list(inputs.archives(5, seed=3)) != list(inputs.archives(5, seed=4))


def test_changes_leave_the_sound_input_as_it_is():
    sound = {"a": [1, {"b": 2}]}
    source = random.Random(1)
    for _ in range(50):
        changed_tree(sound, source)
    assert sound == {"a": [1, {"b": 2}]}
    assert len(changed_bytes(b"x" * 100_000, source)) <= 20_000


def test_sound_inputs_are_read(tmp_path: Path):
    with targets.answered(inputs.frame({"id": 1, "ok": True, "value": [1, "a"]}, b"")) as session:
        assert session.fetch("name") == [1, "a"]
