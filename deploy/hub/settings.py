"""The hub's settings, which its processes pass on in an environment variable."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent.parent
VARIABLE = "HWR_HUB"
INSTRUCTOR = "instructor"


@dataclass
class Settings:
    """The settings of a hub; times are in seconds, memory in bytes."""

    folder: str  # of homes, passwords and the hub's database
    address: str = "127.0.0.1"  # where the proxy listens
    port: int = 8000  # the proxy's API and the website use the next two
    certificate: str = ""  # file for HTTPS; empty for HTTP
    behind: str = ""  # network of a proxy in front of ours, whose X-Forwarded-For counts
    key: str = ""  # file of the certificate's key
    emnist: str = ""  # archive that all learners read; empty if there is none
    memory: int = 2 * 1024**3  # of all processes of a learner together
    cell_seconds: int = 20 * 60  # processor time that a cell may use
    idle_seconds: int = 60 * 60  # without activity, until a server is stopped
    no_walls: bool = False  # whether learners share a network, /tmp and /dev/shm
    class_list: str = ""  # file of names, read again on SIGHUP; empty if there is none

    def __post_init__(self) -> None:
        folder = Path(self.folder)
        self.private = folder / "private"  # which only the hub can read: database, keys
        self.passwords = self.private / "passwords.txt"  # each line is a name and a password
        self.homes = folder / "homes"  # of the learners
        self.fresh = folder / "shared" / "fresh"  # the original notebooks, which all can read
        self.site = folder / "shared" / "site"  # for everybody; its folder course is the website
        self.socket = Path(f"/run/hwr-{self.port}.sock")  # to which everybody can connect
        self.hub_url = f"http+unix://{quote(str(self.socket), safe='')}"  # for proxy and servers

    def url(self, host: str) -> str:
        """Return where the class signs in."""
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}"

    def to_environment(self) -> dict[str, str]:
        """Return the environment variable that :meth:`from_environment` reads."""
        return {VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls) -> "Settings":
        """Return the settings that the parent process passed on."""
        return cls(**json.loads(os.environ[VARIABLE]))
