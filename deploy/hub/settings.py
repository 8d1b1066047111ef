"""The hub's settings, which its processes pass on in an environment variable."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

VARIABLE = "HWR_HUB"
INSTRUCTOR = "instructor"


@dataclass(frozen=True)
class Settings:
    """The settings of a hub.

    Attributes
    ----------
    folder : str
        The folder of homes, passwords and the hub's database.
    address, port : str, int
        Where the proxy listens; the proxy's API and the hub use the two ports after it.
    certificate, key : str
        Files for HTTPS; empty for HTTP.
    python : str
        The interpreter of learners' servers.
    emnist : str
        The archive that all learners read; empty if there is none.
    memory : int
        Bytes that all processes of a learner may use together.
    cell_seconds : int
        Seconds of processor time that a cell may take.
    idle_seconds : int
        Seconds without activity after which a server is stopped.
    class_list : str
        The instructor's file of names, read again on SIGHUP; empty if there is none.
    shared_account : bool
        Whether all servers run in the hub's own account, not isolated from each other.
    """

    folder: str
    address: str = "127.0.0.1"
    port: int = 8000
    certificate: str = ""
    key: str = ""
    python: str = ""
    emnist: str = ""
    memory: int = 2 * 1024**3
    cell_seconds: int = 20 * 60
    idle_seconds: int = 60 * 60
    class_list: str = ""
    shared_account: bool = False

    @property
    def private(self) -> Path:
        """The folder that only the hub can read: passwords, database, keys."""
        return Path(self.folder) / "private"

    @property
    def passwords(self) -> Path:
        """The file of passwords: each line is a name and a password."""
        return self.private / "passwords.txt"

    @property
    def fresh(self) -> Path:
        """The folder of the original notebooks, which all can read."""
        return Path(self.folder) / "shared" / "fresh"

    @property
    def homes(self) -> Path:
        """The folder of the learners' homes."""
        return Path(self.folder) / "homes"

    def home(self, name: str) -> Path:
        """Return a learner's home."""
        return self.homes / name

    @property
    def proxy_api(self) -> str:
        """The address at which the hub controls the proxy."""
        return f"http://127.0.0.1:{self.port + 1}"

    def to_environment(self) -> dict[str, str]:
        """Return the environment variable that :meth:`from_environment` reads."""
        return {VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls) -> "Settings":
        """Return the settings that the parent process passed on."""
        return cls(**json.loads(os.environ[VARIABLE]))
