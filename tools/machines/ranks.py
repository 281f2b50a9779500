"""Train on the ranks of an MPI job, which may be machines of different kinds, and print which they were.

The network is the self-check's with dropout, penalties and mini-batches: on any ranks it becomes the one that a single
process trains, whose digest is known.
"""

import hashlib
import json
import platform

from mpi4py import MPI

from nnfs_lib import selfcheck
from nnfs_lib.parallel import DataParallel

arrays = selfcheck.regularized(DataParallel)
digest = hashlib.sha256(b"".join(each.tobytes() for each in arrays)).hexdigest()[:16]
processors = MPI.COMM_WORLD.gather((platform.machine(), digest))
if processors is not None:
    print(json.dumps(processors))
