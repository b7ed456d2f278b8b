"""Sentences for the reader of a notebook: they wrap between words, on every width of the page.

JupyterLab breaks what `print` writes inside words. In a notebook a sentence is therefore shown as
HTML that wraps as text does; everywhere else, and while grading, it is printed.
"""

import html

from labkit.notebook.screen import grading, in_notebook

WRAP = "white-space: pre-wrap; word-break: normal; overflow-wrap: break-word"
"""CSS of text whose line ends stay and whose words do not break."""
INDENT = "padding-left: 0.4em"
"""CSS of text that, on a narrow page, stands beside JupyterLab's bar and not on it."""


def say(text: str) -> None:
    """Show `text`, as it stands, so that its lines wrap between words."""
    if grading() or not in_notebook():
        print(text)
        return
    from IPython.display import display

    display({"text/html": as_html(text), "text/plain": text}, raw=True)


def as_html(text: str) -> str:
    """The text as one HTML block."""
    return f'<div style="{WRAP}; {INDENT}">{html.escape(text, quote=False)}</div>'
