"""Tables of learning systems, read: rows, columns, points, and which student each row is."""
