"""Reports, verdicts and messages as text on a terminal."""
