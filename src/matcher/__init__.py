"""Supply–demand matching and the docking ledger that follows each pair until it lands."""

from importlib.metadata import version

__version__ = version("matcher")
