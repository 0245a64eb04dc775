"""Tests of the theory's predictions: statistics, recorded choices, language models."""

if __name__ == "llm_checks":
    from coopgap.aliases import redirect

    redirect(__name__)
