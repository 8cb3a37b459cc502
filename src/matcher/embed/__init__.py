"""Encoder adapters: the bundled static model (no torch) and sentence-transformers."""
