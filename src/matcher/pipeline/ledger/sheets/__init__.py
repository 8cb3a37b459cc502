"""The ledger as a sheet: out, back in cell by cell, and undone."""
