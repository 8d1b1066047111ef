"""What course.py hands over to: the checks, the kit, the notebooks, and less common commands."""
