"""A JupyterHub for a room full of learners, on one Linux server: ``python course.py hub``."""
