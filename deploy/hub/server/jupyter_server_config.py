"""Configuration of a learner's server: few extensions, isolated kernels; it copies the course."""

import os
from pathlib import Path

from deploy.hub.deliver import deliver
from deploy.hub.settings import Settings

settings = Settings.from_environment()
deliver(settings.fresh, Path(os.environ["HWR_COURSE"]))

c = globals()["get_config"]()  # defined by Jupyter

# A kernel that dies early restarts on the same ports, where its notebook is connected.
c.KernelRestarter.random_ports_until_alive = False
# A kernel is stopped first, then the server without kernels: also if the page is still open.
c.MappingKernelManager.cull_idle_timeout = settings.idle_seconds
c.MappingKernelManager.cull_connected = True
c.ServerApp.shutdown_no_activity_timeout = settings.idle_seconds
# A page that is reloaded gets the output of the meantime.
c.MappingKernelManager.buffer_offline_messages = True

# The course does not need them, and each takes memory in every learner's server.
unneeded = ("jupyter_lsp", "jupyter_server_terminals", "notebook", "notebook_shim")
c.ServerApp.jpserver_extensions = dict.fromkeys(unneeded, False) | {"deploy.hub.walls": True}
c.ServerApp.terminals_enabled = False
c.LabApp.extension_manager = "readonly"
