"""A start imports what the first submission needs, and the rest when somebody asks for it."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox.launch import Zygote, waiting
from autograder.sandbox.policy import SandboxUnavailable
from tests.support.sandbox_helpers import MEMORY, linux_root, small_policy
from tests.support.sandbox_probe import Refused, ask

LOADED = "import sys; seen = 'wave' in sys.modules"
ROOT = Path(__file__).parents[2]


def python(code: str) -> str:
    """What a fresh process prints."""
    command = [sys.executable, "-B", "-c", f"import sys; sys.path[:0] = [{str(ROOT)!r}]\n{code}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_otters_checks_come_without_its_commands_and_these_when_asked_for() -> None:
    code = """
from autograder.judge import lean
with lean.imports():
    from otter.test_files.exception_test import ExceptionTestFile, test_case
print(sorted({"nbconvert", "pandas", "rfc3987_syntax"} & {n for n, m in sys.modules.items() if m}))
import otter
print(otter.Notebook.__name__, otter.test_files.test_case is test_case)
"""
    assert python(code).splitlines() == ["[]", "Notebook True"]


def test_a_command_imports_nothing_large_before_it_knows_what_to_grade() -> None:
    code = """
import autograder.cli.app, autograder.classroom.run
print(sorted({"otter", "matplotlib", "torch", "nbconvert", "pandas"} & set(sys.modules)))
"""
    assert python(code) == "[]"


@pytest.mark.parametrize("before", ["", "import wave", "importlib.util.find_spec('wave')"])
def test_an_action_waits_for_the_import_of_its_module(before: str) -> None:
    code = f"""
import importlib.util
from autograder.inside import imported
{before if before == "import wave" else ""}
imported.after("wave", lambda: print("imported", hasattr(sys.modules["wave"], "open")))
imported.after("no_such_module", lambda: print("never"))
{before}
print("then")
import wave
try:
    import no_such_module
except ModuleNotFoundError as error:
    print(error.name)
"""
    told = ["then", "imported True"] if before != "import wave" else ["imported True", "then"]
    assert python(code).splitlines() == [*told, "no_such_module"]


@linux_root
def test_a_zygote_imports_while_it_waits_for_its_policy() -> None:
    with (
        waiting(["wave"]) as begun,
        Zygote(small_policy("namespaces"), begun=begun) as zygote,
        zygote.spawn() as sandbox,
    ):
        assert ask(sandbox.channel, LOADED) is True


def test_a_zygote_that_nobody_takes_ends() -> None:
    with waiting(["wave"]) as (_, process):
        pass
    assert process.wait(60) == 0


@linux_root
def test_what_pays_for_many_is_not_done_for_the_first() -> None:
    policy = small_policy("namespaces", later=("wave",))
    with (
        Zygote(policy, ahead=True) as zygote,
        zygote.spawn_now() as trial,
        zygote.spawn() as first,
        zygote.spawn() as second,
    ):
        loaded = [ask(each.channel, LOADED) for each in (trial, first, second)]
    assert loaded == [False, False, True]


@linux_root
def test_a_library_that_cannot_be_prepared_starts_no_further_sandbox() -> None:
    with Zygote(small_policy("namespaces", later=("no_such_module",)), ahead=True) as zygote:
        zygote.spawn().close()
        with pytest.raises(SandboxUnavailable, match="no_such_module"):
            zygote.spawn()


@linux_root
def test_who_imports_a_library_itself_has_the_memory_for_it_as_well() -> None:
    take = f"import mmap; mmap.mmap(-1, {MEMORY + 256} << 20); seen = 1"
    with (
        Zygote(small_policy("namespaces", later=("wave",)), ahead=True) as zygote,
        zygote.spawn() as first,
        zygote.spawn() as second,
    ):
        assert ask(first.channel, take) == 1
        with pytest.raises(Refused, match="allocate memory"):
            ask(second.channel, take)
