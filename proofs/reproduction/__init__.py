"""What the paper states and publishes, each item decided again."""
