"""Published summaries, judged."""
