"""From one point to all parameters."""
