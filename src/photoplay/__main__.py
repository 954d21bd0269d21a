"""`python -m photoplay` is the command line."""

from photoplay.cli import main

main()
