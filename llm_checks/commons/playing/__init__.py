"""A commons played month by month, by language models or simulated agents."""
