"""The hub's configuration; `python -m deploy.hub` passes the settings that vary."""

import sys
from pathlib import Path

from deploy.hub.people import ClassAuthenticator
from deploy.hub.settings import INSTRUCTOR, ROOT, Settings
from deploy.hub.spawner import LearnerSpawner

settings = Settings.from_environment()
c = globals()["get_config"]()  # defined by JupyterHub

c.JupyterHub.bind_url = settings.url(settings.address)
# A socket, because learners' servers reach no port; whoever connects has to show a token.
c.JupyterHub.hub_bind_url = c.JupyterHub.hub_connect_url = settings.hub_url
c.JupyterHub.hub_socket_mode = 0o666
c.JupyterHub.db_url = f"sqlite:///{settings.private}/hub.sqlite"
c.JupyterHub.cookie_secret_file = str(settings.private / "cookie_secret")
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings.port + 1}"
c.ConfigurableHTTPProxy.should_start = False  # supervise.py does, so that it outlives the hub
# The hub then compares the proxy's routes too, of which a restarted proxy has none.
c.JupyterHub.last_activity_interval = 3  # seconds
c.ConfigurableHTTPProxy.extra_routes = {"/course/": f"http://127.0.0.1:{settings.port + 2}"}
c.JupyterHub.template_paths = [str(Path(__file__).parent / "templates")]

c.JupyterHub.authenticator_class = ClassAuthenticator
c.ClassAuthenticator.passwords = str(settings.passwords)
c.ClassAuthenticator.behind = settings.behind
c.Authenticator.allow_all = True  # all who have a password, also if they got it meanwhile
c.Authenticator.admin_users = {INSTRUCTOR}

c.JupyterHub.spawner_class = LearnerSpawner
server = ROOT / "deploy" / "hub" / "server"
c.Spawner.environment = settings.to_environment() | {
    "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
    "JUPYTERHUB_SINGLEUSER_APP": "extension",
    "JUPYTER_CONFIG_PATH": str(server),
    "PYTHONSTARTUP": str(server / "startup.py"),
    "JUPYTER_PREFER_ENV_PATH": "1",
    "PYTHONDONTWRITEBYTECODE": "1",  # learners cannot write to the course's folder
    "HWR_OFFLINE": "1",
    "HWR_EMNIST": settings.emnist,
    # Many learners share a core: more threads would only compete.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "2",
    "MALLOC_ARENA_MAX": "2",
    "TF_CPP_MIN_LOG_LEVEL": "2",
}
c.Spawner.env_keep = ["LANG", "LC_ALL"]
c.Spawner.disable_user_config = True  # a learner could let others in there
c.Spawner.notebook_dir = "~/course"
c.Spawner.default_url = "/lab/tree/notebooks/00_start_here.ipynb"
# A whole class starts at the same time. With a limit, latecomers would get an error page and have
# to try again; without one, all wait a little longer and see a progress bar.
c.JupyterHub.concurrent_spawn_limit = 0
c.Spawner.poll_interval = 5  # seconds until a server that was killed can be started again
c.Spawner.http_timeout = c.Spawner.start_timeout = 300
# unshare(1) does not pass these signals on; when it is killed, all within the walls end.
c.LocalProcessSpawner.interrupt_timeout = c.LocalProcessSpawner.term_timeout = 0
