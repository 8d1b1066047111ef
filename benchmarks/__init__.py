"""What the maintainers measure; see README.md."""
