"""The use cases: load, decide in the domain, save."""
