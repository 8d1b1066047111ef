"""People at a hub, for its tests: they sign in and run cells as a browser does."""

import json
import re
import time

import requests
import websocket
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session


def wait_until(condition, seconds=60):
    """Wait until a condition is true, or raise a TimeoutError."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.2)


def visitor(authority):
    """Return an anonymous session that trusts one certificate authority."""
    session = requests.Session()
    session.trust_env = False  # ignore this machine's proxy and authorities
    session.verify = str(authority)
    return session


class Person:
    """Somebody with a browser's cookies, who trusts one certificate authority."""

    def __init__(self, url, name, authority):
        self.url, self.name, self.authority = url, name, authority
        self.session = visitor(authority)

    @property
    def server(self):
        return f"{self.url}/user/{self.name}"

    def sign_in(self, password, **options):
        page = self.session.get(f"{self.url}/hub/login", timeout=20)
        hidden = re.search(r'name="_xsrf" value="([^"]*)"', page.text)
        form = {"username": self.name, "password": password, "_xsrf": hidden[1] if hidden else ""}
        return self.session.post(f"{self.url}/hub/login", data=form, timeout=20, **options)

    def start(self, seconds=60):
        """Start the server, and wait until it shows its page."""
        self.session.get(f"{self.url}/hub/spawn", timeout=60)

        def is_there():
            answer = self.session.get(f"{self.server}/lab", timeout=60)
            return answer.ok and f"/user/{self.name}/lab" in answer.url

        wait_until(is_there, seconds)

    def stop(self):
        """Stop the server, as the hub's page does."""
        (xsrf,) = (
            one.value for one in self.session.cookies if one.name == "_xsrf" and one.path == "/hub/"
        )
        url, headers = f"{self.url}/hub/api/users/{self.name}/server", {"X-XSRFToken": xsrf}
        assert self.session.delete(url, headers=headers, timeout=60).ok

    def ask(self, path, method="GET", **options):
        headers = {"X-XSRFToken": self.xsrf(), **options.pop("headers", {})}
        url = f"{self.server}/{path}"
        return self.session.request(method, url, headers=headers, timeout=30, **options)

    def xsrf(self):
        cookies = [cookie for cookie in self.session.cookies if cookie.name == "_xsrf"]
        return max(cookies, key=lambda cookie: len(cookie.path)).value

    def kernel(self):
        """Start a kernel, and return a connection to it."""
        answer = self.ask("api/kernels", "POST", json={"name": "python3"})
        assert answer.status_code == 201, answer.text
        return Kernel(self, answer.json()["id"])


def is_idle(kind, content):
    return kind == "status" and content["execution_state"] == "idle"


class Kernel:
    """A connection to a kernel, through a websocket."""

    def __init__(self, person, name):
        self.person, self.name, self.session = person, name, Session()
        self.connect()

    def connect(self):
        """Open the websocket; the server closes it if its pings are not answered."""
        person, jar = self.person, self.person.session.cookies
        url = f"{person.server}/api/kernels/{self.name}/channels?_xsrf={person.xsrf()}"
        cookies = requests.cookies.get_cookie_header(jar, requests.Request("GET", url).prepare())
        options = {"origin": person.url, "sslopt": {"ca_certs": str(person.authority)}}
        url = url.replace("http", "ws", 1)
        self.socket = websocket.create_connection(url, timeout=60, cookie=cookies, **options)
        self.last_message = time.monotonic()

    def send(self, code):
        """Send code to run, and return the request's id."""
        if time.monotonic() - self.last_message > 20:
            self.socket.close()
            self.connect()
        message = self.session.msg("execute_request", {"code": code})
        message |= {"channel": "shell", "buffers": []}
        self.socket.send(json.dumps(message, default=json_default))
        return message["header"]["msg_id"]

    def hear(self, request, until, seconds=120):
        """Return a request's messages, as (kind, content), up to the first that `until` accepts."""
        messages, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            # Shorter than the interval of the server's pings, each of which restarts the timeout.
            self.socket.settimeout(min(max(end - time.monotonic(), 0.1), 15))
            try:
                message = json.loads(self.socket.recv())
            except websocket.WebSocketTimeoutException:
                continue
            self.last_message = time.monotonic()
            kind, content = message["header"]["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") not in (request, None):
                continue
            messages.append((kind, content))
            if until(kind, content):
                return messages
        raise TimeoutError(messages)

    def run(self, code, seconds=120):
        """Run code and return its output and tracebacks."""
        request = self.send(code)
        messages = self.hear(request, is_idle, seconds)
        return "".join(
            content.get("text", "") + "\n".join(content.get("traceback", []))
            for kind, content in messages
            if kind in ("stream", "error")
        )
