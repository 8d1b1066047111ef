"""How a learner's server runs: the course delivered, little loaded, kernels walled off."""

import os
from pathlib import Path

from deploy.hub.deliver import deliver
from deploy.hub.settings import Settings

settings = Settings.from_environment()
deliver(settings.fresh, Path(os.environ["HWR_COURSE"]))

c = globals()["get_config"]()  # Jupyter puts it there

# Sockets in a folder of the learner's own: on a network port, other accounts could listen in.
c.KernelManager.transport = "ipc"
# A kernel that dies young comes back where it was, where its notebook and the watch listen.
c.KernelRestarter.random_ports_until_alive = False
c.ServerApp.kernel_manager_class = "deploy.hub.kernels.Kernels"
c.MappingKernelManager.cull_idle_timeout = settings.idle_seconds
c.MappingKernelManager.cull_connected = True
# A page that is reloaded gets what its kernel said meanwhile.
c.MappingKernelManager.buffer_offline_messages = True

# Nobody here needs them, and each takes memory, thirty times over.
unneeded = (
    *("jupyter_lsp", "jupyter_server_terminals", "notebook", "notebook_shim"),
    "voila.server_extension",
)
c.ServerApp.jpserver_extensions = dict.fromkeys(unneeded, False) | {"deploy.hub.watch": True}
c.ServerApp.terminals_enabled = False
c.LabApp.extension_manager = "readonly"
