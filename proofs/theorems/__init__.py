"""The theorems that ``prove`` decides for all parameters."""
