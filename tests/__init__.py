"""The tests, and how their processes spend processor time.

Numbers are worked out in one thread, for the threads of several processes wait for one another: on two cores
`pipeline/test_learning.py` takes 32 s with two threads and 9 s with one. Garbage is looked for less often: a
million objects are loaded to test a service, and going through them took a fifth of the time.
"""

import gc
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
gc.set_threshold(50_000)
