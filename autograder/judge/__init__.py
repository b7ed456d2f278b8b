"""The trusted end of a run: the wire, a session over it, and the notebook cell by cell."""
