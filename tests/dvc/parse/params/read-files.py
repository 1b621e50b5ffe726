"""
Values of params files as the real DVC reads them. Reads a JSON list of {suffix, text}, writes a JSON list of {value} or {error}.
"""

import ast
import datetime
import io
import json
import sys

from dvc.utils.serialize import PARSERS


def tagged(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, (list, tuple)):
        return [tagged(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[tagged(key), tagged(item)] for key, item in value.items()]}
    if isinstance(value, (datetime.date, datetime.time)):
        return {"unstorable": "datetime"}
    return {"unstorable": type(value).__name__}


results = []
for case in json.load(sys.stdin):
    # DVC opens files as text: Python makes one kind of all line ends.
    text = io.StringIO(case["text"], newline=None).read()
    try:
        results.append({"value": tagged(PARSERS[case["suffix"]](text, "file" + case["suffix"]))})
    except Exception as error:
        results.append({"error": str(error)})
json.dump(results, sys.stdout)
