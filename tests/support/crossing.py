"""A value that crosses the wire in process."""

import json
from typing import Any

from autograder.wire.frames import WireError
from autograder.wire.values import Decoder, Encoder


def refuse(_value: object) -> dict[str, object]:
    raise WireError("no handle for this")


def there_and_back(value: object) -> Any:
    """Return `value` as the other end gets it."""
    encoder = Encoder(refuse)
    tree = json.loads(json.dumps(encoder.encode(value), allow_nan=False))
    decoder = Decoder(encoder.body, refuse)
    result = decoder.decode(tree)
    decoder.finish()
    return result
