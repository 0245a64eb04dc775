"""Games of groups of identical agents: first best, equilibria, what contracts reach, λ."""
