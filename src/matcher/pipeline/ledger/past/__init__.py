"""Past nights: which run a name means, the ledger as it was, and what changed since."""
