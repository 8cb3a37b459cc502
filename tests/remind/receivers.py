"""Real receivers in a thread: a mail server that keeps what it is given, and an address for webhooks."""

import base64
import hashlib
import hmac
import json
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

SECRET = "whsec_" + base64.b64encode(b"only the two sides know it").decode()


class MailReceiver(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a client needs; `refusing` addresses, or every message where `broken`."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, certificate: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.certificate = certificate
        self.envelopes: list[tuple[str, list[str]]] = []
        self.messages: list[EmailMessage] = []
        self.signed_in: list[str] = []
        self.refusing: set[str] = set()
        self.broken = False

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    server: MailReceiver

    def handle(self) -> None:
        self.say("220 ready")
        sender, to = "", list[str]()
        while line := self.rfile.readline().decode().strip():
            word, _, rest = line.partition(" ")
            match word.upper():
                case "EHLO":
                    self.greet()
                case "STARTTLS" if self.server.certificate:
                    self.say("220 go ahead")
                    self.request = self.server.certificate.wrap_socket(self.request, server_side=True)
                    self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb")
                case "AUTH":
                    self.sign_in(rest)
                case "MAIL":
                    sender, to = _address(rest), []
                    self.say("250 ok")
                case "RCPT" if _address(rest) in self.server.refusing:
                    self.say("550 no such user")
                case "RCPT":
                    to.append(_address(rest))
                    self.say("250 ok")
                case "DATA":
                    self.take(sender, to)
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 ok")

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def greet(self) -> None:
        encrypted = isinstance(self.request, ssl.SSLSocket)
        offered = "AUTH PLAIN" if encrypted or self.server.certificate is None else "STARTTLS"
        self.say("250-here", f"250 {offered}")

    def sign_in(self, rest: str) -> None:
        credential = base64.b64decode(rest.split()[-1]).decode().strip("\0")
        self.server.signed_in.append(credential)
        self.say("235 welcome" if credential.endswith("\0right") else f"535 not {credential}")

    def take(self, sender: str, to: list[str]) -> None:
        self.say("354 go on")
        lines = list(iter(self.rfile.readline, b".\r\n"))
        if self.server.broken:
            self.say("451 try later")
            return
        content = b"".join(line.removeprefix(b".") if line.startswith(b"..") else line for line in lines)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.server.envelopes.append((sender, to))
        self.server.messages.append(message)
        self.say("250 taken")

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
        self.wfile.flush()


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


@dataclass
class WebhookReceiver:
    """Takes posts, checks their signature, and answers with `statuses` in turn, 204 after them."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def answer(self, headers: Any, body: bytes) -> int:
        message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        made = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
        if headers["webhook-signature"] != "v1," + base64.b64encode(made).decode():
            return 401
        status = self.statuses.pop(0) if self.statuses else 204
        self.ids.append(message_id)
        if status < 300:
            self.bodies.append(json.loads(body))
        return status


@contextmanager
def mail_receiver(certificate: ssl.SSLContext | None = None) -> Iterator[MailReceiver]:
    with MailReceiver(certificate) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@contextmanager
def webhook_receiver() -> Iterator[WebhookReceiver]:
    receiver = WebhookReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"]))
            status = receiver.answer(self.headers, body)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook?token=hidden"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()
