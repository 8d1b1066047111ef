"""The commands of ``python -m hwr``, each loaded when it runs."""
