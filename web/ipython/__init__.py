"""On a page, the few modules of IPython that format, transform and display, without the rest."""

from IPython.core.getipython import get_ipython
from IPython.core.release import version as __version__
from IPython.core.release import version_info

__all__ = ["__version__", "get_ipython", "version_info"]
