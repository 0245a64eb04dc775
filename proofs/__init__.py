"""Decisions with certificates: obligations, engines that find, and the checker that accepts."""

if __name__ == "proofs":
    from coopgap.aliases import redirect

    redirect(__name__)
