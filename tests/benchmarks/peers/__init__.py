"""What else one could use: each reads the same files and names its findings in the same form."""
