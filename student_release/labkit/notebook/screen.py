"""Who is looking: a grader, a notebook's reader, or somebody at a terminal."""

import os
import sys


def grading() -> bool:
    """Is this a grading run (LABKIT_GRADING=1), in which nobody looks?"""
    return os.environ.get("LABKIT_GRADING") == "1"


def in_notebook() -> bool:
    """Is there a notebook front end that can show pictures?"""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None


def in_colab() -> bool:
    """Does this notebook run in Google Colab?"""
    return "google.colab" in sys.modules
