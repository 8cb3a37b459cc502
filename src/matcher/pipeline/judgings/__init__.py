"""Blind grading: sessions are pooled, graded pair by pair, and measured; nothing learns from them."""
