"""Subset fonts to the characters that are used, so that they are small enough to embed in a style sheet."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont


def embedded(path: Path, letters: set[int]) -> str:
    """The font, subset and embedded: what a style sheet gives as its source instead of a URL."""
    options = Options()
    # FontForge's timestamps, which fontTools warns about.
    options.drop_tables += ["FFTM"]
    font = TTFont(path, recalcTimestamp=False)
    subsetter = Subsetter(options)
    known = set(font.getBestCmap())
    subsetter.populate(unicodes=letters & known or known)
    subsetter.subset(font)
    font.flavor = "woff"
    file = BytesIO()
    font.save(file)
    content = b64encode(file.getvalue()).decode()
    return f'url(data:font/woff;base64,{content}) format("woff")'
