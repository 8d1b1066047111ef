"""A JupyterHub for a class, on one Linux server: ``python course.py hub``."""
