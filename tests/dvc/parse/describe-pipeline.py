"""
What the real DVC finds in projects: each stage resolved, the graph, and what `dvc repro` would run for some selections.

Reads a JSON list of {root, selections} from the standard input, writes a JSON list. Floats and integers are written as
{"float": repr} and {"int": digits}, since JSON does not tell them apart for every reader.
"""

import json
import os
import sys

from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.repo.reproduce import collect_stages, get_active_graph, plan_repro


def tagged(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, (list, tuple)):
        return [tagged(item) for item in value]
    return {"dict": [[tagged(key), tagged(item)] for key, item in value.items()]}


def params_of(dep):
    return {
        "path": dep.def_path,
        "file": dep.fs_path,
        "keys": list(dep.params) or None,
        "values": tagged(dep.read_params()),
    }


def kind_of(out):
    return "metric" if out.metric else "plot" if out.plot else "out"


def describe(stage):
    return {
        "address": stage.addressing,
        "name": getattr(stage, "name", None) or stage.addressing,
        "dvcfile": stage.path,
        "wdir": stage.wdir,
        "cmd": stage.cmd,
        "deps": [{"path": d.def_path, "file": d.fs_path} for d in stage.deps if d not in stage.params],
        "params": [params_of(dep) for dep in stage.params],
        "outs": [
            {
                "path": out.def_path,
                "file": out.fs_path,
                "kind": kind_of(out),
                "cache": bool(out.use_cache),
                "persist": bool(out.persist),
            }
            for out in stage.outs
        ],
        "frozen": bool(stage.frozen),
        "alwaysChanged": bool(stage.always_changed),
        "desc": stage.desc,
        "meta": stage.meta,
    }


def plan(repo, selection):
    targets = selection.get("targets") or ["dvc.yaml"]
    stages = []
    try:
        if not selection.get("allPipelines"):
            stages = collect_stages(
                repo, targets, recursive=selection.get("recursive", False), glob=selection.get("glob", False)
            )
        if not selection.get("singleItem"):
            stages = plan_repro(
                get_active_graph(repo.index.graph),
                stages,
                pipeline=selection.get("pipeline", False),
                downstream=selection.get("downstream", False),
            )
    except DvcException as error:
        return {"error": str(error)}
    return [stage.addressing for stage in stages]


def main():
    results = []
    for project in json.load(sys.stdin):
        os.chdir(project["root"])
        try:
            repo = Repo()
            graph = repo.index.graph
        except Exception as error:  # some mistakes end DVC with an error of Python's own
            results.append({"error": str(error) or repr(error)})
            continue
        results.append(
            {
                "stages": [describe(stage) for stage in repo.index.stages],
                "upstream": {stage.addressing: [s.addressing for s in graph.successors(stage)] for stage in graph},
                "plans": [plan(repo, selection) for selection in project.get("selections", [])],
            }
        )
    json.dump(results, sys.stdout)


main()
