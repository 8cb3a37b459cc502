"""The command line: thin over the use cases. Data goes to stdout, everything else to stderr.

Exit codes: 0 done; 1 unexpected failure; 2 wrong usage or input; 3 not found; 4 conflict or not
allowed; 5 another refresh is running; 6 the database or the model is unavailable; 130 interrupted.
"""

import os

# Before its first model pydantic looks for plugins in every installed package: 0.04 s of a command's 0.7.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from matcher.cli.app import main

__all__ = ["main"]
