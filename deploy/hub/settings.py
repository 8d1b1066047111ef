"""What the hub's processes have to know of each other: one value, handed on by the environment."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

VARIABLE = "HWR_HUB"
INSTRUCTOR = "instructor"


@dataclass(frozen=True)
class Settings:
    """How this hub is run.

    Attributes
    ----------
    folder : str
        Where homes, passwords and the hub's database lie.
    address, port : str, int
        Where the proxy listens; its own interface and the hub have the two ports after it.
    certificate, key : str
        Files for HTTPS; empty for HTTP.
    python : str
        The interpreter that learners' servers run on.
    emnist : str
        The archive that all read; empty where there is none.
    memory : int
        Bytes that a learner's processes may have together.
    cell_seconds : int
        Seconds of processor time that a cell may take.
    idle_seconds : int
        After so long without activity a server is stopped.
    class_list : str
        The instructor's file of names, read again on SIGHUP; empty where none was given.
    shared_account : bool
        Whether every server runs in the hub's own account, without walls between learners.
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
        """What only the hub reads: passwords, database, keys."""
        return Path(self.folder) / "private"

    @property
    def passwords(self) -> Path:
        """A line for each person: name and password."""
        return self.private / "passwords.txt"

    @property
    def fresh(self) -> Path:
        """The notebooks as they came, for all to read."""
        return Path(self.folder) / "shared" / "fresh"

    @property
    def homes(self) -> Path:
        """A folder for each person."""
        return Path(self.folder) / "homes"

    def home(self, name: str) -> Path:
        """Where a person's files lie."""
        return self.homes / name

    @property
    def proxy_interface(self) -> str:
        """Where the hub tells the proxy what to do."""
        return f"http://127.0.0.1:{self.port + 1}"

    def to_environment(self) -> dict[str, str]:
        """Give the environment variable that :meth:`from_environment` reads."""
        return {VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read what the process that started this one decided."""
        return cls(**json.loads(os.environ[VARIABLE]))
