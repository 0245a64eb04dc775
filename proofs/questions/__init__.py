"""What is asked, in solver-neutral form."""
