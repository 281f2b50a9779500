"""On a page, the kinds of words that IPython would colour."""

from types import SimpleNamespace

Token = SimpleNamespace(Header="header")
