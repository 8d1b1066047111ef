"""What Python runs when a learner's kernel starts: the variable PYTHONSTARTUP names this file."""

from deploy.hub.limits import limit_cells

limit_cells()
del limit_cells
