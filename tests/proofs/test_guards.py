"""Every guard has a recipe that can be used, and today's eight are noticed when they are gone."""

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from proofs.app import app
from proofs.guards import command
from proofs.guards.command import A_DAY, of_the_day
from proofs.guards.copies import Copy, copy_of
from proofs.guards.recipes import Guard, problems, read_guards
from proofs.guards.report import failures, last_line, page
from proofs.guards.trial import Sound, Trial, try_all, try_one
from proofs.recipe_files import RecipeError

GUARDS = read_guards()
SLOW = 60
"""Days in which all guards have their turn, at least."""
GUARD = Guard("limit", "Holds.", "a.py", "x > 1", "False", ("tests/test_a.py::test_a",))


def test_every_recipe_can_be_used() -> None:
    assert problems(GUARDS) == {}


def test_every_area_that_student_code_could_attack_has_guards() -> None:
    assert len(GUARDS) >= 80
    assert {guard.area for guard in GUARDS} >= {
        *("calls", "digits", "files", "release", "reports", "runs", "sandbox", "students"),
        *("values", "wire"),
    }


def test_every_guard_has_its_day() -> None:
    days = [date(2026, 1, 1) + timedelta(days) for days in range(SLOW)]
    seen = [of_the_day(GUARDS, day) for day in days]
    assert {guard.id for chosen in seen for guard in chosen} == {guard.id for guard in GUARDS}
    assert all(len({guard.id for guard in chosen}) == A_DAY for chosen in seen)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs processes that fork")
def test_todays_guards_are_noticed() -> None:
    chosen = of_the_day(GUARDS, date.today())
    trials = try_all(chosen, 2, sound_first=False)
    assert len(trials) == A_DAY
    assert failures([trial for trial in trials if not _skipped(trial)]) == []


def _skipped(trial: Trial) -> bool:
    """Whether its tests need what this machine doesn't have."""
    return bool(trial.unnoticed) and all("ended as skipped" in each for each in trial.unnoticed)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A little project with one file and one test."""
    for name in ("tests/attacks", "assignment"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "tests" / "attacks" / "a.toml").write_text(
        '[[attack]]\nname = "a"\nwhere = "end"\ncode = "pass"\n'
    )
    (tmp_path / "a.py").write_text("def check(x):\n    return x > 1\n")
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\ntimeout = 60\n")
    (tmp_path / "tests" / "test_a.py").write_text(
        "import a\nimport pytest\n\n\n"
        "def test_a():\n    assert a.check(2)\n\n\n"
        "@pytest.mark.parametrize('x', [0, 5])\n"
        "def test_b(x):\n    assert a.check(x) == (x > 0)\n\n\n"
        "def test_c():\n    assert a.check(1) in (True, False)\n\n\n"
        "def test_d():\n    pytest.skip('not here')\n"
    )
    guards = Path(command.__file__).parent
    (tmp_path / "proofs" / "guards").mkdir(parents=True)
    (tmp_path / "proofs" / "__init__.py").touch()
    for name in ("__init__.py", "outcomes.py", "warm.py"):
        text = re.sub(
            r"LIBRARIES = \(.*?\n\)", "LIBRARIES = ()", (guards / name).read_text(), flags=re.S
        )
        (tmp_path / "proofs" / "guards" / name).write_text(text)
    return tmp_path


def named(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/test_a.py::test_{name}" for name in names)


def test_what_fails_without_the_guard_has_noticed_and_what_passes_has_not(project: Path) -> None:
    listed = [replace(GUARD, id=name, tests=named(*name)) for name in ("a", "ab", "ac", "c", "d")]
    found = {trial.guard.id: trial for trial in try_all(listed, 1, True, project)}
    assert {name for name, trial in found.items() if trial.holds} == {"a", "ab"}
    assert "test_c passes all the same" in str(found["ac"].unnoticed)
    assert "test_c passes all the same" in str(found["c"].unnoticed)
    assert "test_d is skipped on this machine" in str(found["d"].unnoticed)
    assert (project / "a.py").read_text() == "def check(x):\n    return x > 1\n"
    assert last_line([*found.values()]) == "guards 5, noticed 2"


def test_what_fails_anyway_notices_nothing() -> None:
    sound = Sound({"tests/test_a.py::test_a": "failed"}, {})
    assert "fails although nothing is broken" in sound.problem(GUARD)
    fought = replace(GUARD, tests=(), attacks=("an attack",))
    assert "is not held although nothing is broken" in sound.problem(fought)
    assert Sound({}, {"namespaces": frozenset({"an attack"})}).problem(fought) == ""


def test_code_that_cannot_be_imported_notices_nothing(project: Path) -> None:
    with copy_of(project) as copy:
        trial = try_one(copy, replace(GUARD, replace="def check", by="import gone\n\n\ndef check"))
        assert not trial.holds
        assert "was not run at all" in trial.unnoticed[0]
        assert try_one(copy, GUARD).holds, "the copy is as before"


def test_attacks_must_win_all_of_them(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(self: Copy, tier: str, attacks: Sequence[str]) -> set[str]:
        return {"held"}

    monkeypatch.setattr(Copy, "fight", held)
    with copy_of(project) as copy:
        trial = try_one(copy, replace(GUARD, tests=(), attacks=("won", "held")))
    assert trial.noticed == ("won",)
    assert trial.unnoticed == ("the attack 'held' is still held",)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"replace": "x > 9"}, "stands 0 times in a.py, not once"),
        ({"replace": "x"}, "stands 2 times in a.py"),
        ({"file": "b.py"}, "there is no b.py"),
        ({"by": "x > 1"}, "nothing would be broken"),
        ({"by": "x >"}, "would not be sound any more"),
        ({"tests": ("tests/test_a.py::test_z",)}, "there is no test tests/test_a.py::test_z"),
        ({"tests": ("test_a",)}, "there is no test test_a"),
        ({"tests": ()}, "names neither a test nor an attack"),
        ({"attacks": ("z",)}, "there is no attack called 'z'"),
    ],
    ids=str,
)
def test_a_recipe_that_cannot_be_used_is_a_sentence(
    project: Path, change: dict[str, object], says: str
) -> None:
    assert problems([GUARD], project) == {}
    (sentence,) = problems([replace(GUARD, **change)], project).values()  # type: ignore[arg-type]
    assert says in sentence and sentence.startswith("limit (")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("guard = 1", "guard"),
        ("[[guard]]\nid = 'a'", "Field required"),
        ("[[guard]", "a.toml"),
        ("", "holds no guards"),
        (
            "[[guard]]\nid='a'\nprotects='b'\nfile='c'\nreplace='d'\nby='e'\n" * 2,
            "two guards have the same name: a",
        ),
    ],
    ids=["no list", "a field is missing", "no TOML", "nothing", "twice"],
)
def test_a_file_of_recipes_that_cannot_be_read_is_named(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(RecipeError, match=says):
        read_guards(tmp_path)


def test_the_page_says_what_each_guard_protects_and_what_notices() -> None:
    held = Trial(replace(GUARD, area="wire"), ("tests/test_a.py::test_a_limit_holds", "an attack"))
    lost = Trial(replace(GUARD, id="other", area="wire"), (), ("test_b passes all the same",))
    text = page([held, lost], 300)
    assert "Result: guards 2, noticed 1, in 5 minutes." in text
    assert "| limit | Holds. (`a.py`) | `test a: a limit holds`<br>attack: an attack |" in text
    assert "- other: not noticed: test_b passes all the same" in text
    assert "| other | Holds. (`a.py`) | **nothing** |" in text


def test_the_command_tells_a_name_that_no_guard_has() -> None:
    done = CliRunner().invoke(app, ["guards", "--only", "no such guard"])
    assert done.exit_code == 2
    assert "No guard has 'no such guard'" in done.stderr
