"""Learning systems: their downloads become submissions, their gradebooks get the marks back.

`layout.collect_class` reads a Gradescope export, a Canvas or Moodle download or a plain folder;
`give_back` fills in the gradebook that the instructor exported from Canvas or Moodle.
"""
