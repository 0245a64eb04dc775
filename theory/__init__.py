"""The objects of the theory: environments, contract languages, contracts, preferences, welfare.

Nothing here decides a claim and nothing here knows a solver; see ``coopgap.proofs`` for that.
"""

if __name__ == "theory":
    from coopgap.aliases import redirect

    redirect(__name__)
