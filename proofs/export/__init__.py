"""Questions and certificates in the languages of other tools."""
