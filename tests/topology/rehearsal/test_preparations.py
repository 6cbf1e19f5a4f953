"""What a person would type is typed, at every line that asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from topology.rehearsal.preparations import typed

PROMPTS = f"""{sys.executable} -c 'import sys; print(sys.stdin.readlines())' --pwprompt >{{0}}/first
{sys.executable} -c 'import sys; print(sys.stdin.readlines())' --pwprompt >{{0}}/second
read -r word; echo
(umask 077; cat > {{0}}/file)
echo "$word" >{{0}}/word"""


def test_every_line_that_asks_gets_the_password_though_the_one_before_reads_all_it_can(tmp_path: Path) -> None:
    lines = PROMPTS.format(tmp_path)

    subprocess.run(["/bin/bash", "-ec", typed(lines, "secret")], stdin=subprocess.DEVNULL, check=True)

    found = {place.name: place.read_text(encoding="utf-8").strip() for place in tmp_path.iterdir()}
    twice = "['secret\\n', 'secret\\n']"
    assert found == {"first": twice, "second": twice, "file": "secret", "word": "secret"}
