"""Evidence: what a check measured anyway and the feedback may show, beside passed or not.

Only checks call `show`, by themselves or by `cnnlab.feedback`, and only with what gives nothing
hidden away: counts, a measured accuracy, a shape that the message says as well.
In the notebook and under stock otter nobody collects, and `show` does nothing.
"""

from contextvars import ContextVar
from typing import Any

collected: ContextVar[dict[str, Any] | None] = ContextVar("cnnlab_evidence", default=None)
"""What the running check has shown so far, by name; None where nobody collects."""
explaining: ContextVar[bool] = ContextVar("cnnlab_explaining", default=False)
"""True while an instructor has an answer explained: inputs and expected values are shown, too."""


def show(name: str, value: Any) -> None:
    """Give `value`, made of numbers, texts, lists and dictionaries, to the feedback as `name`."""
    found = collected.get()
    if found is not None:
        found[name] = value
