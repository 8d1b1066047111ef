"""Helpers that every room uses and no learner needs: files, paths, quiet start-up, HTML images."""
