"""
The real dvc command line, many times in one process: a JSON line {root, argv} comes in, a JSON line {code, out} goes back.
"""

import json
import os
import sys
import tempfile

answers = os.fdopen(os.dup(1), "w")
# What dvc prints at other times is no answer.
os.dup2(2, 1)

import dvc.cli  # noqa: E402


def run(root, argv):
    os.chdir(root)
    with tempfile.TemporaryFile() as printed:
        kept = [os.dup(1), os.dup(2)]
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
        try:
            code = dvc.cli.main(argv)
        except SystemExit as end:
            code = end.code
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, copy in enumerate(kept, 1):
                os.dup2(copy, number)
                os.close(copy)
        printed.seek(0)
        return {"code": code, "out": printed.read().decode("utf-8", "replace")}


for line in sys.stdin:
    question = json.loads(line)
    answers.write(json.dumps(run(question["root"], question["argv"])) + "\n")
    answers.flush()
