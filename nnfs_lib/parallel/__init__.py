"""Many workers: data-parallel training with the same bits for any number of them, and many runs side by side."""

from .data_parallel import DataParallel
from .runs import RunsFailed, run_many

__all__ = ["DataParallel", "RunsFailed", "run_many"]
