"""
Which paths the real DVC leaves out, and which its git library does. Reads a JSON list of {root, paths} (a path that ends in a
slash is a folder), writes a JSON list of {dvc, git}: the paths that are ignored.
"""

import json
import os
import sys

from dvc.repo import Repo

results = []
for project in json.load(sys.stdin):
    root = project["root"]
    os.chdir(root)
    repo = Repo()

    def by_dvc(path):
        full = os.path.join(root, path.rstrip("/"))
        if path.endswith("/"):
            return repo.dvcignore.is_ignored_dir(full)
        return repo.dvcignore.is_ignored_file(full)

    results.append(
        {
            "dvc": [path for path in project["paths"] if by_dvc(path)],
            "git": [path for path in project["paths"] if repo.scm.is_ignored(os.path.join(root, path))],
        }
    )
json.dump(results, sys.stdout)
