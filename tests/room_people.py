"""People at a hub, for the tests of the room: they sign in and run cells, as a browser would."""

import json
import re
import time
import uuid

import requests
import websocket


def visitor(authority):
    """Return a session of nobody in particular, who believes certificates of one authority."""
    session = requests.Session()
    session.trust_env = False  # a proxy or other authorities of this machine's
    session.verify = str(authority)
    return session


class Person:
    """Somebody with a browser's cookies, who trusts one authority for certificates."""

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
        """Ask for the server, and wait until its page is there."""
        end = time.monotonic() + seconds
        self.session.get(f"{self.url}/hub/spawn", timeout=60)
        while time.monotonic() < end:
            answer = self.session.get(f"{self.server}/lab", timeout=60)
            if answer.ok and f"/user/{self.name}/lab" in answer.url:
                return
            time.sleep(0.3)
        raise TimeoutError(answer.url)

    def ask(self, path, method="GET", **options):
        headers = {"X-XSRFToken": self.xsrf(), **options.pop("headers", {})}
        url = f"{self.server}/{path}"
        return self.session.request(method, url, headers=headers, timeout=30, **options)

    def xsrf(self):
        cookies = [cookie for cookie in self.session.cookies if cookie.name == "_xsrf"]
        return max(cookies, key=lambda cookie: len(cookie.path)).value

    def kernel(self):
        """Start a kernel, and give a line to it."""
        answer = self.ask("api/kernels", "POST", json={"name": "python3"})
        assert answer.status_code == 201, answer.text
        return Kernel(self, answer.json()["id"])


def is_idle(kind, content):
    return kind == "status" and content["execution_state"] == "idle"


class Kernel:
    """A kernel at the other end of a websocket."""

    def __init__(self, person, name):
        self.person, self.name = person, name
        self.connect()

    def connect(self):
        """Open the line; the server takes it for dead where nobody has answered its pings."""
        person, name = self.person, self.name
        jar = person.session.cookies
        request = requests.Request("GET", f"{person.server}/api/kernels/{name}/channels")
        cookies = requests.cookies.get_cookie_header(jar, request.prepare())
        url = f"{person.server}/api/kernels/{name}/channels?_xsrf={person.xsrf()}"
        self.socket = websocket.create_connection(
            url.replace("http", "ws", 1),
            cookie=cookies,
            origin=person.url,
            timeout=60,
            sslopt={"ca_certs": str(person.authority)},
        )
        self.heard = time.monotonic()

    def send(self, code):
        """Ask for some code to be run, and give the request's id."""
        if time.monotonic() - self.heard > 20:
            self.socket.close()
            self.connect()
        request = uuid.uuid4().hex
        header = {"msg_id": request, "msg_type": "execute_request", "username": "", "session": "s"}
        header |= {"version": "5.3", "date": ""}
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        self.socket.send(json.dumps(message | {"channel": "shell", "buffers": []}))
        return request

    def hear(self, request, until, seconds=120):
        """Collect what a request brings, as (kind, content), up to what `until` is true of."""
        heard, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            # Shorter than the server's pings are apart: each would begin the wait anew.
            self.socket.settimeout(min(max(end - time.monotonic(), 0.1), 15))
            try:
                message = json.loads(self.socket.recv())
            except websocket.WebSocketTimeoutException:
                continue
            self.heard = time.monotonic()
            kind, content = message["header"]["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") not in (request, None):
                continue
            heard.append((kind, content))
            if until(kind, content):
                return heard
        raise TimeoutError(heard)

    def run(self, code, seconds=120):
        """Run some code and give all that it wrote."""
        request = self.send(code)
        heard = self.hear(request, is_idle, seconds)
        return "".join(
            content.get("text", "") + "\n".join(content.get("traceback", []))
            for kind, content in heard
            if kind in ("stream", "error")
        )
