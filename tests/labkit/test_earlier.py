"""A cell that shows what answers make says what it lacks, and does nothing while grading."""

import pytest

from labkit.notebook.earlier import ready

here, open_yet = 1, None


def test_a_cell_whose_answers_are_there_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LABKIT_GRADING", raising=False)
    assert ready("here") and capsys.readouterr().out == ""
    assert not ready("here", "open_yet")
    assert "This cell needs `open_yet`, not there yet" in capsys.readouterr().out


def test_nothing_is_shown_or_trained_while_grading(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LABKIT_GRADING", "1")
    assert not ready("here")
    assert capsys.readouterr().out == "Skipped while a submission is graded.\n"
