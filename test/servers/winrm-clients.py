"""Independent clients, for the strict service of the tests. Arguments: pypsrp or pywinrm, port, user, and what to do; the password
is on standard input. Prints one line of JSON."""

import json
import sys
import time

client, port, user, work = sys.argv[1:5]
password = sys.stdin.readline().rstrip("\n")
runs = int(sys.argv[5]) if len(sys.argv) > 5 else 0
script = b'{"script":"Get-Date"}\n'


def with_pypsrp():
    from pypsrp.shell import Process, WinRS
    from pypsrp.wsman import WSMan

    wsman = WSMan(
        "127.0.0.1", port=int(port), ssl=False, auth="ntlm", username=user, password=password, encryption="always"
    )
    with wsman, WinRS(wsman) as shell:

        def run(argv, stdin):
            process = Process(shell, argv[0], argv[1:])
            process.begin_invoke()
            if stdin:
                part = wsman.max_payload_size
                for at in range(0, len(stdin), part):
                    process.send(stdin[at : at + part], end=at + part >= len(stdin))
            process.end_invoke()
            return process.rc, process.stdout, process.stderr

        yield run


def with_pywinrm():
    from winrm.protocol import Protocol

    protocol = Protocol(
        f"http://127.0.0.1:{port}/wsman", transport="ntlm", username=user, password=password, message_encryption="always"
    )
    shell = protocol.open_shell()

    def run(argv, stdin):
        command = protocol.run_command(shell, argv[0], argv[1:], console_mode_stdin=not stdin)
        part = 100_000
        for at in range(0, len(stdin), part):
            protocol.send_command_input(shell, command, stdin[at : at + part], end=at + part >= len(stdin))
        out, err, code = protocol.get_command_output(shell, command)
        protocol.cleanup_command(shell, command)
        return code, out, err

    yield run
    protocol.close_shell(shell)


opened = with_pypsrp() if client == "pypsrp" else with_pywinrm()
try:
    run = next(opened)
except Exception as error:
    print(json.dumps({"error": type(error).__name__}))
    sys.exit(0)
if work == "programs":
    code, out, err = run(["echo", "hello"], b"")
    big = bytes(range(256)) * 2000
    same = run(["cat"], big)
    told = run(["fails"], b"")
    print(
        json.dumps(
            {"code": code, "out": out.decode(), "same": same[1] == big, "fails": [told[0], told[2].decode("ascii", "replace").replace("\ufffd", "?")]}
        )
    )
else:
    times = []
    stdin = script if work == "script" else bytes(1 << 20)
    argv = ["answer"] if work == "script" else ["take"]
    for at in range(-3, runs):
        start = time.perf_counter()
        run(argv, stdin)
        if at >= 0:
            times.append((time.perf_counter() - start) * 1000)
    print(json.dumps({"times": times}))
for _ in opened:
    pass
