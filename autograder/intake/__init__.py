"""From what was handed in to notebooks that can be run; nothing of a submission is run here."""
