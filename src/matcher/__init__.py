"""Supply–demand matching and the docking ledger that follows each pair until it lands."""

import logging
from importlib.metadata import version

__version__ = version("matcher")

# Silent until `matcher.logs` is asked: a command's errors are said by the command, not logged beside it.
logging.getLogger(__name__).addHandler(logging.NullHandler())
