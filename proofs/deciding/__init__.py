"""The road from a specification to a report."""
