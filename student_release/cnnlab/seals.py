"""Recognise a right number without holding it, so that a public check gives no answer away."""

import hashlib


def seal(name: str, number: int) -> str:
    """The fingerprint of `number` as the value of `name`."""
    return hashlib.sha256(f"{name} = {number}".encode()).hexdigest()[:16]
