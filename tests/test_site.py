"""The built site is a book, not a pile of pages: names, formulas and pictures can be found, and lead somewhere."""
