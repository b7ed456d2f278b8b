"""`python -m autograder`: reads arguments, calls one function, tells. Every sentence ends here."""
