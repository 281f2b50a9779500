"""All that turns a built book into these pages."""
