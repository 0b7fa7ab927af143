"""Pure rules of vetoes: which steps there are, and what has come of them."""
