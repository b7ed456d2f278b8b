"""otter's own assignments, unchanged: from its zip or its master to a folder that can be graded."""
