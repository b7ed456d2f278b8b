"""What an OK-format test, a doctest, says before it runs: its syntax and its names."""

import ast
import builtins
import doctest


def names_in(code: str) -> list[str]:
    """Return the names that a doctest reads and that no Python has by itself, sorted."""
    found: set[str] = set()
    for tree in trees_of(code):
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.add(node.id)
    return sorted(name for name in found if not hasattr(builtins, name))


def trees_of(code: str) -> list[ast.Module]:
    """Return the syntax trees of a doctest's examples; what is no Python is left out."""
    found: list[ast.Module] = []
    for example in doctest.DocTestParser().get_examples(code):
        try:
            found.append(ast.parse(example.source))
        except (SyntaxError, ValueError):
            continue
    return found
