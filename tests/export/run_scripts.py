"""Runs programs in one process, so that what they import is loaded once.

One request per line of standard input, {"program": path, "words": [...]}; one answer per line of standard output.
"""

import contextlib
import io
import json
import runpy
import sys
import traceback

import torch

torch.set_num_threads(1)
for line in sys.stdin:
    request = json.loads(line)
    sys.argv = [request["program"], *request["words"]]
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            runpy.run_path(request["program"], run_name="__main__")
        answer = {"said": said.getvalue()}
    except BaseException:  # whatever it was, it is the answer
        answer = {"error": traceback.format_exc()}
    print(json.dumps(answer), flush=True)
