"""The tests. Numbers are worked out in one thread, for the threads of several processes wait for one another.

On two cores, `pipeline/test_learning.py` takes 32 s of processor time with two threads and 9 s with one.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
