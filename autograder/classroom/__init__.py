"""A class and everything that is known of its marks, in one folder.

grades/class.sqlite                      the store: students, attempts, grades, runs
grades/gradebook.csv                     a view of the store, as is all below
grades/class-report.html                 for the instructors
grades/students/<name>/feedback.html     for the student
grades/students/<name>/executed.ipynb    the notebook as it ran, if it could be read
grades/students/<name>/results.json      for Gradescope
grades/previous/                         what was removed or taken over from an earlier version
"""
