"""The nightly run: its inputs, the encoder it uses, its record, and matching by day."""
