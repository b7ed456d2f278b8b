"""What turns one JSON document into another: how earlier grades are kept.

A difference is None where nothing differs, else one of
    {"=": value}                              another value
    {"o": {key: difference}, "-": [keys]}     an object, with the keys that are not in the other
    {"l": {index: difference}}                a list of the same length
"""

from typing import Any, cast


def difference(source: Any, target: Any) -> Any:
    """Return what `patched` needs to make `target` from `source`."""
    if type(source) is type(target) is dict:
        return _of_objects(cast("dict[str, Any]", source), cast("dict[str, Any]", target))
    if type(source) is type(target) is list and len(source) == len(target):
        pairs = enumerate(zip(cast("list[Any]", source), cast("list[Any]", target), strict=True))
        changed = {
            str(place): found
            for place, (one, other) in pairs
            if (found := difference(one, other)) is not None
        }
        return {"l": changed} if changed else None
    return None if _same(source, target) else {"=": target}


def _of_objects(source: dict[str, Any], target: dict[str, Any]) -> Any:
    changed = {
        key: found
        for key, value in target.items()
        if (found := difference(source[key], value) if key in source else {"=": value}) is not None
    }
    gone = [key for key in source if key not in target]
    return {"o": changed, "-": gone} if changed or gone else None


def _same(source: Any, target: Any) -> bool:
    """Compare two values; True is not 1 here, and NaN is itself."""
    return type(source) is type(target) and (
        source == target or (source != source and target != target)
    )


def patched(source: Any, change: Any) -> Any:
    """Return the target of a `difference` from `source`."""
    if change is None:
        return source
    if "=" in change:
        return change["="]
    if "l" in change:
        changes = change["l"]
        return [patched(value, changes.get(str(place))) for place, value in enumerate(source)]
    changes, gone = change["o"], frozenset(change["-"])
    kept = {key: patched(value, changes.get(key)) for key, value in source.items()}
    added = {key: value["="] for key, value in changes.items() if key not in source}
    return {key: value for key, value in (kept | added).items() if key not in gone}
