"""Resource allocation: a stock that agents share over several months (theory.md, §4)."""
