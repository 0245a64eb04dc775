"""One module per engine. Engines find witnesses; none is trusted and none imports another."""
