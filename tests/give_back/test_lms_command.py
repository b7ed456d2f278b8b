"""Bad input to `grade` is one sentence and exit status 2, and nothing is written."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from tests.support.lms_downloads import NOTEBOOK, files, zipped


def refused(folder: Path, *arguments: str) -> str:
    """What the command says when it refuses."""
    output = folder / "grades"
    ran = CliRunner().invoke(app, ["grade", *arguments, "--output", str(output)])
    assert ran.exit_code == 2
    assert not output.exists()
    [sentence] = ran.stderr.splitlines()
    return sentence


def test_an_unknown_gradebook_is_refused_before_anything_is_graded(tmp_path: Path) -> None:
    gradebook = tmp_path / "gradebook.csv"
    gradebook.write_text("Last Name,Username\nDoe,jd\n")
    files(tmp_path / "class", "student_001.ipynb")
    sentence = refused(tmp_path, str(tmp_path / "class"), "--gradebook", str(gradebook))
    assert "neither Canvas's gradebook" in sentence


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        ({"export.zip": "PK"}, "another zip file"),
        ({"submission_1/x.ipynb": NOTEBOOK}, "submission_metadata.yml is missing"),
        ({"../x.ipynb": NOTEBOOK}, "outside"),
        ({"answers.docx": ""}, "Expected is a download"),
    ],
)
def test_a_download_that_cannot_be_used_is_refused(
    tmp_path: Path, contents: dict[str, bytes | str], says: str
) -> None:
    assert says in refused(tmp_path, str(zipped(tmp_path / "class.zip", contents)))
