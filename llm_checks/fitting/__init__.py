"""λ and β estimated from choices."""
