"""Puts right answers of earlier questions in the place of a student's, and takes them back."""

from collections.abc import Sequence
from typing import Any

Names = dict[str, Any]


class Lent:
    """What stands in the notebook's variables for a while, and what stood there before."""

    def __init__(self, variables: Names) -> None:
        self.variables = variables
        self._before: Names = {}
        self._lent: Names = {}

    def lend(self, loans: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Define the names of each loan (source, names) in the notebook's variables."""
        self._before = dict(self.variables)
        self._lent = {}
        for source, names in loans:
            own: Names = {"__name__": "lent"}
            exec(compile(source, "<lent>", "exec"), own)
            self._lent |= {name: own[name] for name in names}
        self.variables.update(self._lent)

    def take_back(self, keep: bool) -> None:
        """Put back what stood under the lent names; without `keep`, every other variable, too.

        A name to which the answer cell has given another value meanwhile is the student's own.
        """
        for name in [*self.variables]:
            lent = name in self._lent and self.variables[name] is self._lent[name]
            if keep and not lent:
                continue
            if name in self._before:
                self.variables[name] = self._before[name]
            else:
                del self.variables[name]
        if not keep:
            self.variables.update(self._before)
        self._before, self._lent = {}, {}
