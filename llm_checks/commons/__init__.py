"""Play of a commons: what the theory predicts of it, and published runs judged by that."""
