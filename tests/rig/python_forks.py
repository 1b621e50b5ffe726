"""
Python programs, each in a fork of one process that has imported what they begin with: that takes longer than what they do.

    python python_forks.py <module>…

A JSON line {argv, cwd, env, input, modules} comes in, a JSON line {code, stdout, stderr} goes back; argv is what `python` would be
given, modules are imported, once, before the fork.
"""

import importlib
import json
import os
import runpy
import sys
import tempfile

questions = os.fdopen(os.dup(0))
answers = os.fdopen(os.dup(1), "w")
# What modules print when they are imported is no answer.
os.dup2(2, 1)
for module in sys.argv[1:]:
    importlib.import_module(module)


def become(argv, cwd, env, files):
    """The process that the question is about, from its streams on."""
    for number, file in enumerate(files):
        os.dup2(file.fileno(), number)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    if argv[0] == "-c":
        sys.argv = ["-c", *argv[2:]]
        sys.path[0] = ""
        exec(compile(argv[1], "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = argv
        sys.path[0] = os.path.dirname(os.path.abspath(argv[0]))
        runpy.run_path(argv[0], run_name="__main__")


for line in questions:
    asked = json.loads(line)
    for module in asked["modules"]:
        importlib.import_module(module)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(asked["input"].encode())
        given.seek(0)
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            become(asked["argv"], asked["cwd"], asked["env"], [given, out, err])
            # As a program that has come to its end.
            sys.exit()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        err.seek(0)
        said = {"stdout": out.read().decode("utf-8", "replace"), "stderr": err.read().decode("utf-8", "replace")}
    answers.write(json.dumps({"code": code, **said}) + "\n")
    answers.flush()
