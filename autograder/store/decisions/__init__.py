"""What people decide about marks: kept in `OUTPUT/decisions.toml`, applied on every run.

    [[decision]]
    kind = "override"            # see `Kind`
    student = "student_003"
    question = "q5"
    points = 8
    who = "ann"
    when = 2026-03-05T10:00:00+01:00
    why = "the answer is right, the check was too strict"

The engine's grades stay in the store as they are; a decision taken back (`withdrawn`) has no trace
in the marks.
"""
