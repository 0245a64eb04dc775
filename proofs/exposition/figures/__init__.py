"""Figures: vector or PNG, one column wide, the same bytes whenever the same thing is drawn."""
