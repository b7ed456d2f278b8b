"""What a cell of the lesson needs from cells before it: the notebook imports it from here."""

from labkit.notebook.earlier import ready

__all__ = ["ready"]
