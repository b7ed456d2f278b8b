import socket
import uuid
from pathlib import Path

import pytest
from cnnlab.signoff import signoff as signed_in_the_lesson

from labkit.notebook import signoff


def printed(capsys: pytest.CaptureFixture[str], name: str = "student_001") -> str:
    signoff.signoff(name, assignment="crickets", more=["numpy: 2"])
    return capsys.readouterr().out


def test_the_acknowledgement_tells_date_system_versions_and_name(capsys):
    text = printed(capsys)
    for words in (
        "Executed on: 2",
        "In Google Colab: no",
        "System: ",
        "Python: 3.",
        "\nnumpy: 2\n",
    ):
        assert words in text
    assert text.rstrip().endswith("Signing off, student_001")


def test_nothing_identifying_is_printed_in_clear(capsys):
    text = printed(capsys).lower()
    address = f"{uuid.getnode():012x}"
    pairs = [address[i : i + 2] for i in range(0, 12, 2)]
    secrets = [address, ":".join(pairs), "-".join(pairs), socket.gethostname().lower()]
    secrets += [signoff.device_identifier() or "no identifier"]
    assert not [secret for secret in secrets if len(secret) > 3 and secret.lower() in text]


def test_one_device_has_one_fingerprint_in_an_assignment():
    assert signoff.fingerprint("device a", "one") == signoff.fingerprint("device a", "one")
    assert signoff.fingerprint("device a", "one") != signoff.fingerprint("device b", "one")


def test_a_device_has_another_fingerprint_in_another_assignment():
    assert signoff.fingerprint("device a", "one") != signoff.fingerprint("device a", "two")


def test_grading_shows_no_fingerprint_of_the_grader(capsys, monkeypatch):
    monkeypatch.setenv("LABKIT_GRADING", "1")
    monkeypatch.setattr(signoff, "device_identifier", lambda: pytest.fail("the device was read"))
    assert "Device fingerprint: none while grading" in printed(capsys)


def test_colab_shows_no_fingerprint_of_a_shared_machine(capsys, monkeypatch):
    monkeypatch.delenv("LABKIT_GRADING", raising=False)
    monkeypatch.setattr(signoff, "in_colab", lambda: True)
    text = printed(capsys)
    assert "In Google Colab: yes" in text
    assert "none, the device belongs to Colab" in text


def test_the_machine_id_is_preferred_to_the_mac_address(tmp_path: Path):
    file = tmp_path / "machine-id"
    file.write_text("0123456789abcdef0123456789abcdef\n")
    assert signoff.device_identifier([tmp_path / "absent", file]) == file.read_text().strip()


def test_an_invented_mac_address_is_no_identifier(monkeypatch):
    monkeypatch.setattr(uuid, "getnode", lambda: 0x010000000001)
    assert signoff.device_identifier([]) is None
    monkeypatch.setattr(uuid, "getnode", lambda: 0x020000000001)
    assert signoff.device_identifier([]) == "020000000001"


@pytest.mark.parametrize("name", ["", None, 7, "x" * 10_000])
def test_any_name_can_be_signed(capsys, name):
    assert len(printed(capsys, name)) < 1000


def test_the_lesson_tells_its_version_of_torch(capsys):
    signed_in_the_lesson("student_001")
    assert "\ntorch: " in capsys.readouterr().out
