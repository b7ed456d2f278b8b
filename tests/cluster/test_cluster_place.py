"""CLUSTER names a place, or a sentence says what it must be; nobody listens in unawares."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.cluster.place import TLS_FILES, ClusterError, read_place

SLURM = 'system = "SLURM"\njobs = 10\ncores = 4\nmemory = "16GB"\nqueue = "short"\n'


def keys(folder: Path) -> Path:
    for name in TLS_FILES:
        (folder / name).touch()
    return folder


def test_workers_here_and_a_scheduler_on_this_machine_need_no_tls() -> None:
    assert read_place("local:4").workers == 4
    for address in ("tcp://127.0.0.1:8786", "tcp://localhost:8786", "tcp://[::1]:8786"):
        assert read_place(address).address == address


@pytest.mark.parametrize("text", ["tcp://10.0.0.7:8786", "tcp://head.example.edu:8786", "{slurm}"])
def test_a_network_that_others_are_on_needs_tls_or_a_word_that_it_need_not(
    text: str, tmp_path: Path
) -> None:
    (tmp_path / "slurm.toml").write_text(SLURM)
    text = text.format(slurm=tmp_path / "slurm.toml")
    with pytest.raises(ClusterError, match="INSECURE=1"):
        read_place(text)
    assert read_place(text, insecure=True).tls is None
    private = read_place(text.replace("tcp:", "tls:"), keys(tmp_path))
    assert private.tls == tmp_path


def test_a_file_is_what_dask_jobqueue_is_told(tmp_path: Path) -> None:
    file = tmp_path / "slurm.toml"
    file.write_text(SLURM + f'shared = "{tmp_path}"\n')
    place = read_place(str(file), insecure=True)
    assert (place.system, place.workers, place.shared) == ("SLURM", 10, tmp_path)
    assert place.settings == {"cores": 4, "memory": "16GB", "queue": "short"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("local:", "1 to 1000"),
        ("local:0", "1 to 1000"),
        ("local:many", "1 to 1000"),
        ("http://127.0.0.1:8786", "no scheduler at such an address"),
        ("tcp://127.0.0.1", "no scheduler at such an address"),
        ("tcp://127.0.0.1:port", "no scheduler at such an address"),
        ("tls://127.0.0.1:8786", "set TLS to a folder"),
        ("no_such.toml", "cannot be read"),
    ],
)
def test_what_names_no_place_is_told(text: str, says: str) -> None:
    with pytest.raises(ClusterError, match=says):
        read_place(text)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("system = ", "no TOML"),
        ("jobs = 2", "must be one of SLURM, PBS"),
        ('system = "slurm"\njobs = 2', "must be one of SLURM, PBS"),
        ('system = "PBS"', "how many workers"),
        ('system = "PBS"\njobs = "2"', "how many workers"),
        ('system = "PBS"\njobs = 2\nshared = "/no/such/folder"', "no such folder here"),
    ],
)
def test_a_file_that_describes_no_jobs_is_told(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "jobs.toml"
    file.write_text(content)
    with pytest.raises(ClusterError, match=says):
        read_place(str(file), insecure=True)


def test_a_folder_without_keys_is_told(tmp_path: Path) -> None:
    keys(tmp_path)
    (tmp_path / "key.pem").unlink()
    with pytest.raises(ClusterError, match=r"no key\.pem in it"):
        read_place("tls://10.0.0.7:8786", tmp_path)


@pytest.mark.parametrize("command", ["grade", "regrade"])
def test_a_command_ends_where_no_cluster_is_named(command: str, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "student_001.ipynb").write_text("{}")
    given = [str(theirs), "--output", str(tmp_path / "grades"), "--cluster", "local:0"]
    done = CliRunner().invoke(app, [command, *given])
    assert done.exit_code == 2 and "1 to 1000" in done.output
