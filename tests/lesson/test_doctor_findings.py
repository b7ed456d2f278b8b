"""What the lesson's doctor finds besides what every doctor does."""

import importlib.util

from cnnlab import doctor

from labkit.notebook import doctor as shared


def test_missing_torch_comes_with_the_command_that_installs_it(monkeypatch):
    def no_torch(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(doctor.importlib, "import_module", no_torch)
    finding = doctor.torch_finding()
    assert not finding.fine and "%pip install torch torchvision" in finding.advice


def test_a_torchvision_that_does_not_fit_is_named(monkeypatch):
    def broken(name: str) -> None:
        raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(doctor.importlib, "import_module", broken)
    finding = doctor.torchvision_finding()
    assert not finding.fine and "does not fit torch" in finding.words


def test_missing_packages_are_noticed(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert not doctor.widgets_finding().fine
    assert doctor.torchvision_finding().fine


def test_missing_and_damaged_digits_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path))
    assert "missing" in doctor.data_finding().words
    (tmp_path / "mnist.npz").write_bytes(b"half a download")
    assert "damaged" in doctor.data_finding().words


def test_the_lessons_doctor_says_what_every_doctor_does_and_its_own(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("LABKIT_GRADING", raising=False)
    doctor.doctor(tmp_path)
    marks = [line for line in capsys.readouterr().out.splitlines() if line[0] in "✓✗"]
    assert len(marks) == len(shared.examine(tmp_path, doctor.BESIDE)) + 4
    assert any("there is no cnnlab in" in line for line in marks)
    assert any("torch" in line for line in marks)
