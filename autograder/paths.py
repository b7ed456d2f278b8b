"""Where things stand in the project's folder."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_ASSIGNMENT = PROJECT / "assignment"
BUILD = PROJECT / "build"
DOCS = PROJECT / "docs"
