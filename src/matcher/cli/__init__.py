"""The command line: thin over the use cases. Data goes to stdout, everything else to stderr.

Exit codes: 0 done; 1 unexpected failure; 2 wrong usage or input; 3 not found; 4 conflict or not
allowed; 5 another refresh is running; 6 the database or the model is unavailable; 130 interrupted.
"""

from matcher.cli.app import main

__all__ = ["main"]
