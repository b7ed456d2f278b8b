"""What every error that a person can mend has in common."""


class KitError(Exception):
    """A sentence for a person: what is wrong, where, and what to do. The command line shows it."""
