"""What the theory predicts of play: conditions, exact bounds, registrations."""
