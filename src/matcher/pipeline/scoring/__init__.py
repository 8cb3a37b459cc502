"""Scorings: learned from grades, put to use, taken back."""
