"""Runs scripts of the page in node."""

import json
import shutil
import subprocess

from analysis.report.page import asset

NODE = shutil.which("node")


def evaluate(names, expression, given=None):
    """What an expression comes to after the scripts of these names, as JSON; `given` is there by this name."""
    scripts = "\n".join(asset(name) for name in names)
    text = f"{scripts}\nconst given = {json.dumps(given)};\nprocess.stdout.write(JSON.stringify({expression}));"
    done = subprocess.run([NODE, "-"], input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
