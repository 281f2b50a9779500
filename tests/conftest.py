"""No test sees what ``nnfs.init()`` in another has made of NumPy."""

import pytest
from snapshots import numpy_restored


@pytest.fixture(autouse=True)
def _numpy_as_it_was():
    with numpy_restored():
        yield
