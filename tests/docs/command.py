"""Runs one command or script of a page in this process; see `page_session`.

Given by `runpy`: FOLDER, ENVIRONMENT, OUTPUT and ARGUMENTS, which begin with `dwmtj` or with the
path of a Python script.
"""

import os
import runpy
import sys
from pathlib import Path

import torch

given = globals()
arguments: list[str] = given["ARGUMENTS"]
os.chdir(given["FOLDER"])
os.environ.pop("DWMTJ_DATABASE", None)
os.environ.update(given["ENVIRONMENT"])

output = os.open(given["OUTPUT"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
for stream in (1, 2):
    os.dup2(output, stream)
sys.stdout = os.fdopen(1, "w", encoding="utf-8")
sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1)

torch.set_num_threads(1)  # other tests compute beside this one
sys.argv = arguments
if arguments[0] == "dwmtj":
    from dwmtj.cli import app

    app.main()
else:
    sys.path.insert(0, str(Path(arguments[0]).parent))
    runpy.run_path(arguments[0], run_name="__main__")
