"""What only the book needs: exercises, listings, records of verification, and the notebook's names."""
