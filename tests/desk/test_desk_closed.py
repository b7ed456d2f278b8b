"""The desk as a command: Ctrl+C closes it, and what was decided is written before it ends."""

import csv
import http.client
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.desk.test_desk_reading import DECISION, STUDENT
from tests.support.sample_class import sample_class

ROOT = Path(__file__).resolve().parents[2]


def test_gradebook_and_pages_follow_when_the_desk_is_closed(tmp_path: Path) -> None:
    sample_class(tmp_path).store.close()
    command = [sys.executable, "-m", "autograder", "desk", str(tmp_path), "--who", "ann"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as desk:
        assert desk.stdout
        while not (told := re.search(r"desk for ann: (\S+)", line := desk.stdout.readline())):
            assert line, "the desk has ended"
        assert told[1].startswith("http://127.0.0.1:")
        assert "Ctrl+C" in desk.stdout.readline()
        assert _answer(told[1]) == 303
        (tmp_path / "decisions.toml").write_text(DECISION)
        desk.send_signal(signal.SIGINT)
        rest = desk.stdout.read()
        assert desk.wait(60) == 0, rest
    assert "Gradebook and pages are written anew" in rest
    with (tmp_path / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        points = {row["student"]: row["q3"] for row in csv.DictReader(file)}
    assert points[STUDENT] == "1.25"


def _answer(address: str) -> int:
    """Return the status of the desk's first answer, which it gives when it has started."""
    place = urlsplit(address)
    while True:
        line = http.client.HTTPConnection(place.netloc, timeout=60)
        try:
            line.request("GET", f"/?{place.query}")
            return line.getresponse().status
        except ConnectionRefusedError:
            time.sleep(0.05)
        finally:
            line.close()


def test_the_pages_of_a_small_class_are_measured(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "proofs", "pages", "--students", "4"]
    command += ["--output", str(tmp_path / "desk.md")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1) and "Traceback" not in done.stderr, done.stderr
    written = (tmp_path / "desk.md").read_text("utf-8")
    assert "class of 4 students" in written and written.count("\n| ") == 15
