"""The lesson's checks say what is wrong as all checks do."""

from labkit.diagnosis import (
    Cause,
    CheckFailed,
    Diagnosis,
    Place,
    caused,
    fail,
    one_of,
    sentence,
    with_text,
)

__all__ = [
    "Cause",
    "CheckFailed",
    "Diagnosis",
    "Place",
    "caused",
    "fail",
    "one_of",
    "sentence",
    "with_text",
]
