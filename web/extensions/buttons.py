"""Buttons above each chapter: download the notebook, open it on Binder or Colab, edit it, open an issue.

The theme draws them. Those that lead to the repository need its address; without it they are left out.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from tools import edition
from tools.address import repository

COLAB = "https://colab.research.google.com/github"
NOTEBOOKS = "blob/colab/colab"  # the branch written by .github/workflows/colab.yml


def recorded(app: Sphinx, pagename: str) -> Path:
    page = Path(app.srcdir, pagename)
    return page.parent / "recorded" / f"{page.name}.ipynb"


def set_repository(app: Sphinx, config: Config) -> None:
    # Where solutions are left out, no button leads to them.
    if (url := repository()) and Path(app.srcdir).name != edition.NAME:
        binder = "https://mybinder.org"
        config.html_theme_options |= {
            "repository_url": url,
            "repository_branch": "main",
            "use_repository_button": True,
            "use_edit_page_button": True,
            "use_issues_button": True,
            "launch_buttons": {
                "binderhub_url": binder,
                "notebook_interface": "jupyterlab",
            },
        }


def offer_notebook(app: Sphinx, pagename: str, _: str, context: dict, __) -> None:
    """Tell the theme the name of the notebook, so that it adds a download button."""
    if recorded(app, pagename).exists():
        context["ipynb_source"] = f"{pagename}.ipynb"


def finish_buttons(app: Sphinx, pagename: str, _: str, context: dict, __) -> None:
    """Add Colab, and use icons from the font that the pages already have."""
    for group in context["header_buttons"]:
        if group["label"] == "source-buttons":
            group["icon"] = "fas fa-code-branch"
            group["buttons"][0]["icon"] = "fas fa-code-branch"
        elif group["label"] == "launch-buttons":
            home = app.config.html_theme_options["repository_url"].split("/", 3)[3]
            colab = {
                "type": "link",
                "text": "Colab",
                "tooltip": "Launch on Colab",
                "url": f"{COLAB}/{home}/{NOTEBOOKS}/{Path(pagename).name}.ipynb",
            }
            group["buttons"].append(colab)
            for button in group["buttons"]:
                button["icon"] = "fas fa-cloud"


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", set_repository)
    app.connect("html-page-context", offer_notebook, priority=500)
    # After the theme, at 501, has made its own.
    app.connect("html-page-context", finish_buttons, priority=502)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
