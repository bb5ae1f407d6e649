"""A WinRM service that shares no code with the product: pyspnego accepts and seals, and programs really run.

Prints its port. Arguments: what it is to do oddly: `drop` (the connection, right after the first login), `noisy` (the boundary
stands in every answer).
"""

import base64
import struct
import subprocess
import sys
import threading
import uuid
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import spnego

ODD = set(sys.argv[1:])
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
NS = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "rsp": SHELL,
}
SEALED = "application/HTTP-SPNEGO-session-encrypted"
shells = {}
dropped = []
lock = threading.Lock()


class Fault(Exception):
    def __init__(self, code, subcode, text):
        super().__init__(text)
        self.code, self.subcode, self.text = code, subcode, text


class Command:
    def __init__(self, argv):
        self.process = subprocess.Popen(argv, stdin=-1, stdout=-1, stderr=-1)
        self.changed = threading.Condition()
        self.output, self.open = [], 2
        for name in ("stdout", "stderr"):
            threading.Thread(target=self.read, args=(name,), daemon=True).start()

    def read(self, name):
        stream = getattr(self.process, name)
        while True:
            part = stream.read1(7000)
            with self.changed:
                if not part:
                    self.open -= 1
                    self.changed.notify_all()
                    return
                self.output.append((name, part))
                self.changed.notify_all()

    def take(self, seconds):
        with self.changed:
            self.changed.wait_for(lambda: self.output or self.open == 0, seconds)
            taken, self.output = self.output, []
            return taken, self.open == 0


def carry_out(root):
    find = lambda path: root.find(path, NS)
    action = find("s:Header/a:Action").text.rsplit("/", 1)[1]
    chosen = find("s:Header/w:SelectorSet/w:Selector")
    if action == "Create":
        shell = find("s:Body/rsp:Shell").get("ShellId") or str(uuid.uuid4()).upper()
        shells[shell] = {}
        return f'<rsp:Shell><rsp:ShellId>{shell}</rsp:ShellId></rsp:Shell>'
    commands = shells.get(chosen.text)
    if commands is None:
        raise Fault(2150858843, "w:InvalidSelectors", "The shell was not found on the server.")
    if action == "Delete":
        for command in shells.pop(chosen.text).values():
            command.process.kill()
        return ""
    if action == "Command":
        line = find("s:Body/rsp:CommandLine")
        argv = [line.find("rsp:Command", NS).text] + [one.text or "" for one in line.findall("rsp:Arguments", NS)]
        name = line.get("CommandId") or str(uuid.uuid4()).upper()
        commands[name] = Command(argv)
        return f"<rsp:CommandResponse><rsp:CommandId>{name}</rsp:CommandId></rsp:CommandResponse>"
    if action == "Send":
        stream = find("s:Body/rsp:Send/rsp:Stream")
        stdin = commands[stream.get("CommandId")].process.stdin
        stdin.write(base64.b64decode(stream.text or ""))
        stdin.close() if stream.get("End") == "true" else stdin.flush()
        return "<rsp:SendResponse/>"
    if action == "Receive":
        name = find("s:Body/rsp:Receive/rsp:DesiredStream").get("CommandId")
        seconds = float(find("s:Header/w:OperationTimeout").text[2:-1])
        taken, ended = commands[name].take(seconds)
        if not taken and not ended:
            raise Fault(2150858793, "w:TimedOut", "The operation timed out.")
        parts = "".join(
            f'<rsp:Stream Name="{stream}" CommandId="{name}">{base64.b64encode(part).decode()}</rsp:Stream>'
            for stream, part in taken
        )
        state = "Done" if ended else "Running"
        code = f"<rsp:ExitCode>{commands[name].process.wait() & 0xFFFFFFFF}</rsp:ExitCode>" if ended else ""
        return f'<rsp:ReceiveResponse>{parts}<rsp:CommandState CommandId="{name}" State="{SHELL}/CommandState/{state}">{code}</rsp:CommandState></rsp:ReceiveResponse>'
    if action == "Signal":
        commands.pop(find("s:Body/rsp:Signal").get("CommandId")).process.kill()
        return "<rsp:SignalResponse/>"
    raise Fault(2150858753, "a:ActionNotSupported", "The action is not supported.")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    context = None

    def setup(self):
        super().setup()
        self.context = None

    def log_message(self, *_):
        pass

    def say(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        token = self.headers.get("Authorization", "").removeprefix("Negotiate ")
        if token:
            return self.log_in(base64.b64decode(token))
        if self.context is None or not self.context.complete:
            return self.say(401, WWW_Authenticate="Negotiate")
        head, sealed = body.split(b"\tContent-Type: application/octet-stream\r\n", 1)
        length = int(head.split(b"Length=")[1].split(b"\r\n")[0])
        size = struct.unpack("<i", sealed[:4])[0]
        plain = self.context.unwrap_winrm(sealed[4 : 4 + size], sealed[4 + size : 4 + size + length])
        assert sealed[4 + size + length :] == b"--Encrypted Boundary--\r\n" and len(plain) == length
        root = ET.fromstring(plain)
        relates = root.find("s:Header/a:MessageID", NS).text
        try:
            with_lock = carry_out(root)
            status, content = 200, with_lock
        except Fault as fault:
            status = 500
            content = f'<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{fault.subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">{fault.text}</s:Text></s:Reason><s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{fault.code}"><f:Message>{fault.text}</f:Message></f:WSManFault></s:Detail></s:Fault>'
        noise = "<note>\r\n--Encrypted Boundary\r\n--Encrypted Boundary--\r\n</note>" if "noisy" in ODD else ""
        spaces = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in NS.items())
        answer = f"<s:Envelope {spaces}><s:Header><a:RelatesTo>{relates}</a:RelatesTo>{noise}</s:Header><s:Body>{content}</s:Body></s:Envelope>".encode()
        made = self.context.wrap_winrm(answer)
        lines = [
            "--Encrypted Boundary",
            f"\tContent-Type: {SEALED}",
            f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={len(answer)}",
            "--Encrypted Boundary",
            "\tContent-Type: application/octet-stream",
            "",
        ]
        whole = "\r\n".join(lines).encode() + struct.pack("<i", len(made.header)) + made.header + made.data
        kind = f'multipart/encrypted;protocol="{SEALED}";boundary="Encrypted Boundary"'
        self.say(status, whole + b"--Encrypted Boundary--\r\n", Content_Type=kind)

    def log_in(self, token):
        if token[8] == 1:
            self.context = spnego.server(protocol="ntlm")
        try:
            answer = self.context.step(token)
        except spnego.exceptions.SpnegoError:
            self.context = None
            return self.say(401, WWW_Authenticate="Negotiate")
        if not self.context.complete:
            return self.say(401, WWW_Authenticate="Negotiate " + base64.b64encode(answer).decode())
        self.say(200)
        if "drop" in ODD and not dropped:
            dropped.append(True)
            self.close_connection = True


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
