"""Predictions of the theory put to the test: statistics, choices, language models."""

if __name__ == "llm_checks":
    from coopgap.aliases import redirect

    redirect(__name__)
