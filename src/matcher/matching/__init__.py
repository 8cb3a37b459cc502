"""Numbers in, proposals out: search, score, choose. Knows the domain, the ports, NumPy, and nothing else."""
