"""The two lists and the parks they belong to."""
