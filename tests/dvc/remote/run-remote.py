"""Runs `dvc remote …` for each list of arguments on the standard input, in the current folder, and tells what the configuration
files hold after each."""
import json
import pathlib
import sys

from dvc.cli import main

configs = [pathlib.Path(".dvc/config"), pathlib.Path(".dvc/config.local")]
answers = []
stdout, sys.stdout = sys.stdout, sys.stderr
for arguments in json.load(sys.stdin):
    code = main(["remote", *arguments])
    if code != 0:
        sys.exit(f"dvc remote {arguments}: {code}")
    answers.append([path.read_text() if path.exists() else "" for path in configs])
json.dump(answers, stdout)
