"""Mistakes that were made in systems of this kind, each as a small change to the production code; see mutants.py."""
