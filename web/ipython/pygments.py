"""On a page, a stand-in for Pygments (1.2 MB): nothing is highlighted."""
