"""The feedback as a cell of the executed notebook: valid, and nothing in it but text."""

import nbformat

from autograder.reports.feedback_cell import empty_notebook, with_feedback
from tests.support.sample_grades import hostile_grade


def test_a_students_text_is_nothing_but_text_in_the_feedback_cell() -> None:
    grade = hostile_grade("a ``` <script>x</script>\n# head\n![p](http://x.example/p.png)")
    document = with_feedback(empty_notebook(), grade, "Title", {})
    nbformat.validate(document)
    text = document["cells"][0]["source"]
    outside = "\n".join(
        part
        for place, part in enumerate(text.replace("````text", "````").split("````"))
        if place % 2 == 0
    )
    assert "<script>" not in outside.replace("\\<", "")
    assert "\n# head" not in outside
    assert "](http" not in outside.replace("\\]", "").replace("\\(", "")
