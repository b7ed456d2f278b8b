"""Where things stand in the project's folder."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_ASSIGNMENT = PROJECT / "assignment"
LABKIT = PROJECT / "labkit"
"""What the checks of every assignment use; every release carries it."""
BUILD = PROJECT / "build"
DOCS = PROJECT / "docs"
