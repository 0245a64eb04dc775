"""Resource allocation solved exactly: planner, quotas, equilibria, populations, thresholds."""
