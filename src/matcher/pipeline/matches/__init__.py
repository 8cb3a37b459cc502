"""What is shown of matches: of a free text, as written, in other pages, and why there are none."""
