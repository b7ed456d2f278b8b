"""An assignment as its author wrote it: settings, points, late policy, and what is built of it."""
