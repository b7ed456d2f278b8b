"""One submission: its notebook run cell by cell in a sandbox, its checks judged outside."""
