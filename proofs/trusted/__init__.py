"""The trusted core: accepts a certificate only if its proof shows its claim.

Read in this order: ``documents``, ``polynomials``, ``problems``, ``contracts``, ``claims``,
``certificates``. It imports the standard library alone. The format is described in
docs/certificates.md.
"""
