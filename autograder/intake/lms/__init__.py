"""Downloads of learning systems become submissions.

`layout.collect_class` reads a Gradescope export, a download of Canvas, Moodle, Blackboard,
Brightspace or Google Classroom, or a plain folder; the way back is in `autograder/give_back/`.
"""
