"""Machines of many kinds, on which the book's numbers are computed and compared: `make machines`."""
