"""Damaged and random files through the one door for pictures; see ``benchmarks.fuzz.__main__``."""
