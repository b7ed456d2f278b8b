"""Read the diagnoses of q20: a cause for each patient, as students write them."""

import re
from collections.abc import Mapping
from typing import Any

from cnnlab.clinic import CAUSES
from cnnlab.feedback.values import kind
from labkit.diagnosis import Diagnosis, fail, sentence

QUESTION, NAME, PATIENTS = "q20", "diagnosis", "ABCDE"


def check_form(diagnosis: Any) -> None:
    """Raise `CheckFailed` unless there is one of the four causes for each of the five patients."""
    found = _read(diagnosis)
    for patient in PATIENTS:
        if found[patient] is None:
            text = f"patient {patient} has none of the words {', '.join(CAUSES)} yet"
            fail(Diagnosis(sentence(QUESTION, text), symptom="open_patient"))


def check_patients(diagnosis: Any, right: Mapping[str, str], because: Mapping[str, str]) -> None:
    """Raise `CheckFailed` unless the patients in `right` have these causes.

    `because` tells for each patient what in the chart speaks for the cause.
    """
    found = _read(diagnosis)
    wrong = [patient for patient in right if found[patient] != right[patient]]
    if wrong:
        texts = [f"{patient}, {found[patient] or 'open'}: {because[patient]}" for patient in wrong]
        symptom = f"patient_{wrong[0]}_{found[wrong[0]] or 'open'}"
        fail(Diagnosis(sentence(QUESTION, " ".join(texts)), symptom=symptom))


def _read(diagnosis: Any) -> dict[str, str | None]:
    """Patient → cause, None where it cannot be read."""
    if diagnosis is None or diagnosis is Ellipsis:
        text = f"{NAME} is still to be written: a dictionary with a cause for each patient"
        fail(Diagnosis(sentence(QUESTION, text), symptom="missing"))
    if issubclass(type(diagnosis), (list, tuple)) and len(diagnosis) == len(PATIENTS):
        diagnosis = dict(zip(PATIENTS, diagnosis, strict=True))
    if not issubclass(type(diagnosis), dict):
        text = f"{NAME} is {kind(diagnosis)}, where a dictionary of five patients is expected"
        fail(Diagnosis(sentence(QUESTION, text), symptom="kind"))
    named = {
        str(key).strip().upper()[-1:]: _cause(value)
        for key, value in diagnosis.items()
        if type(key) is str
    }
    return {patient: named.get(patient) for patient in PATIENTS}


def _cause(value: Any) -> str | None:
    if not issubclass(type(value), str):
        return None
    word = re.sub(r"[\s-]+", "_", str.__str__(value).strip().lower()).strip("._")
    return word if word in CAUSES else None
