"""Runs one command or script in this process, as if it had been started; see `fork_server`.

Given by `runpy`: FOLDER, ENVIRONMENT, OUTPUT, ERRORS and ARGUMENTS, which begin with `dwmtj` or
with the path of a Python script.
"""

import os
import runpy
import sys
from pathlib import Path

import torch

given = globals()
arguments: list[str] = given["ARGUMENTS"]
os.chdir(given["FOLDER"])
os.environ.clear()
os.environ.update(given["ENVIRONMENT"])

for stream, path in ((1, given["OUTPUT"]), (2, given["ERRORS"])):
    os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
sys.stdout = os.fdopen(1, "w", encoding="utf-8")
sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)

torch.set_num_threads(1)  # other tests compute beside this one
sys.argv = arguments
if arguments[0] == "dwmtj":
    from dwmtj.cli import app

    app.main()
else:
    sys.path.insert(0, str(Path(arguments[0]).parent))
    runpy.run_path(arguments[0], run_name="__main__")
