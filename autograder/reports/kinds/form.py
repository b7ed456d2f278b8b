"""What the forms of evidence have in common: a file may hold anything, so everything is checked."""

from typing import Annotated

from pydantic import AfterValidator, Field

from autograder.plain_text import one_line

Name = Annotated[str, AfterValidator(lambda text: one_line(text, 40))]
"""A word or two in a picture."""
Words = Annotated[str, AfterValidator(lambda text: one_line(text, 600))]
"""Sentences below it."""
Number = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
