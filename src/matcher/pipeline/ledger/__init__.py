"""What people do with the docking ledger: read it, work it, back it with evidence."""
