"""Reading the arrays of an uncompressed ``.npz`` that may be damaged or hostile."""

from __future__ import annotations

import io
import math
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


class Damaged(ValueError):
    """What is wrong with a file."""


class Archive:
    """The arrays of a file, each of which is taken once.

    Parameters
    ----------
    zipped : zipfile.ZipFile
    length : int
        Bytes of the file. What claims to be larger is refused before memory is asked for.
    """

    def __init__(self, zipped: zipfile.ZipFile, length: int) -> None:
        self._zipped = zipped
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in zipped.infolist():
            if info.compress_type != zipfile.ZIP_STORED:
                raise Damaged(f"{info.filename} is compressed")
            if info.filename in self._members:
                raise Damaged(f"it holds {info.filename} twice")
            self._members[info.filename] = info
        if self.bytes_left > length:
            raise Damaged("its parts are longer than the whole")

    @property
    def bytes_left(self) -> int:
        """The length of what has not been taken yet."""
        return sum(info.file_size for info in self._members.values())

    def take(
        self, name: str, dtype: np.dtype[Any], shape: tuple[int, ...] | None = None
    ) -> NDArray[Any]:
        """Return an array of this type and, if given, of this shape."""
        info = self._members.pop(f"{name}.npy", None)
        if info is None:
            raise Damaged(f"the array {name} is missing")
        file = io.BytesIO(self._zipped.read(info))  # whole: that checks its checksum
        if np.lib.format.read_magic(file) != (1, 0):
            raise Damaged(f"the array {name} has an unknown format")
        found, by_columns, kind = np.lib.format.read_array_header_1_0(file)
        if kind.newbyteorder("=") != dtype or shape not in (None, found):
            raise Damaged(
                f"the array {name} has shape {found} and type {kind}, but {shape} and {dtype} are needed"
            )
        if file.tell() + math.prod(found) * kind.itemsize != info.file_size:
            raise Damaged(f"the array {name} is cut short, or too long")
        flat = np.frombuffer(file.read(), kind)
        return flat.reshape(found, order="F" if by_columns else "C").astype(dtype)

    def require_all_taken(self) -> None:
        """Raise unless each array has been taken."""
        if self._members:
            raise Damaged(f"it holds what no model has: {sorted(self._members)[:3]}")
