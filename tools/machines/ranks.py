"""Train on the ranks of an MPI job, which may be machines of different kinds; print each rank's processor and digest.

The network is the self-check's with dropout, penalties and mini-batches: on any ranks it becomes the one that a single
process trains, whose digest is known.
"""

import json
import platform

from mpi4py import MPI

from nnfs_lib import selfcheck
from nnfs_lib.parallel import DataParallel

digest = selfcheck.digest_of(selfcheck.regularized(DataParallel))
ranks = MPI.COMM_WORLD.gather((platform.machine(), digest))
if ranks is not None:
    print(json.dumps(ranks))
