"""The frontier between contracting and prosociality: V(λ, L) over languages and all λ."""
