"""The rules of matching and of the ledger: standard library only, no clock, no I/O."""
