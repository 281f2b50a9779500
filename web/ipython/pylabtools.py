"""Matplotlib asks here which event loop a backend needs; on a page none does."""

backend2gui: dict[str, str] = {}
