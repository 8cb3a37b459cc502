"""Short requests as callers send them, and answers; listings as they are sent are in bodies.py."""
