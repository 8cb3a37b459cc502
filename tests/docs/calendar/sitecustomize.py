"""Sets the service's one clock back to the moment the documentation was written at.

The sample lists hold dates until which an item is valid, so what a command answers depends on the day.
Python imports this file at start-up where its folder is on PYTHONPATH.
"""

import os
from datetime import timedelta

from matcher import clock

_now = clock.utc_now
_back = timedelta(seconds=float(os.environ["DOCS_SECONDS_BACK"]))
clock.utc_now = lambda: _now() - _back
