"""Train the first half of the epochs and save, or load on another machine and train the second half.

halves.py first FOLDER
halves.py second FOLDER    print the digest of what was learned

The networks are the self-check's with dropout, penalties and mini-batches, whose digest is known.
"""

import sys
from pathlib import Path

import numpy as np

from nnfs_lib import Model, selfcheck

half, folder = sys.argv[1], Path(sys.argv[2])
arrays = []
for dtype in (np.float32, np.float64):
    file = folder / f"{dtype.__name__}.npz"
    model = selfcheck.regularized_model(dtype) if half == "first" else Model.load(file)
    selfcheck.train_regularized(model, selfcheck.REGULARIZED_EPOCHS // 2)
    if half == "first":
        model.save(file)
    arrays += selfcheck.learned(model)
print(selfcheck.digest_of(arrays))
