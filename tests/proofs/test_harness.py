"""Every proof ends alike: failures, the page, the last line, an exit status."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from autograder.errors import KitError
from proofs.harness import Result, counted, proof, row, run_python, write_class


def ended(result: Result) -> tuple[int, list[str]]:
    app = typer.Typer()

    @proof(app)
    def prove() -> Result:
        return result

    done = CliRunner().invoke(app)
    return done.exit_code, done.stdout.splitlines()


def test_what_does_not_hold_comes_before_the_last_line(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "page.md"
    assert ended(Result("all 3", True, page="# Page\n", file=page)) == (
        0,
        [f"Written: {page}", "all 3"],
    )
    assert page.read_text() == "# Page\n"
    assert ended(Result("2 of 3", False, ["q1 fails"])) == (1, ["q1 fails", "2 of 3"])


def test_a_long_proof_tells_twenty_times_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(counted(range(100), 100, "answers")) == list(range(100))
    assert list(counted("ab", 2, "letters")) == ["a", "b"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "answers: 5 of 100"
    assert lines[19:] == ["answers: 100 of 100", "letters: 1 of 2", "letters: 2 of 2"]


def test_a_process_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(KitError, match=r"'python -m no_such_module …' failed: .*no_such_module"):
        run_python("no_such_module")


def test_a_cell_of_a_table_is_one_line_without_bars() -> None:
    assert row("a | b", 2, "c\nd") == "| a \\| b | 2 | c d |"


def test_a_class_has_copies_of_the_notebooks_in_turn(tmp_path: Path) -> None:
    notebooks = [tmp_path / "a.ipynb", tmp_path / "b.ipynb"]
    for each in notebooks:
        each.write_text(each.stem)
    folder = write_class(tmp_path / "class", notebooks, 3)
    assert [each.read_text() for each in sorted(folder.iterdir())] == ["a", "b", "a"]
