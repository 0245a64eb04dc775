"""Questions about environments, languages and contracts, independent of the engines."""
