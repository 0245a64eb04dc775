"""The objects of the theory: environments, contract languages, contracts, preferences, welfare.

Nothing here decides a claim and nothing here knows a solver; see ``proofs`` for that.
"""
