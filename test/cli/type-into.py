"""Runs a command on a terminal of its own, types what stdin says, prints what it shows.

stdin: JSON {"command": [...], "steps": [["what must be shown", "what is then typed"], ...]}
stdout: JSON {"shown": "...", "code": n}
"""

import json
import os
import pty
import select
import sys
import time

DEADLINE = time.monotonic() + 40

script = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(script["command"][0], script["command"])

shown = b""


def more() -> bool:
    """False at the end."""
    global shown
    if time.monotonic() > DEADLINE:
        os.kill(pid, 9)
        raise SystemExit(f"too late: {shown!r}")
    readable, _, _ = select.select([terminal], [], [], 0.1)
    if not readable:
        return True
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        return False
    shown += chunk
    return chunk != b""


for expected, typed in script["steps"]:
    start = len(shown)
    while expected.encode() not in shown[start:] and more():
        pass
    os.write(terminal, typed.encode())
while more():
    pass
_, status = os.waitpid(pid, 0)
print(json.dumps({"shown": shown.decode(errors="replace"), "code": os.waitstatus_to_exitcode(status)}))
