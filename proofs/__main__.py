"""`python -m proofs`: runs the command."""

from proofs.app import main

main()
