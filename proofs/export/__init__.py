"""Questions and certificates in the input languages of other tools."""
