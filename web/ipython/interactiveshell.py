"""On a page, the shell is the session of cells.py."""

from cells import Session as InteractiveShell

__all__ = ["InteractiveShell"]
