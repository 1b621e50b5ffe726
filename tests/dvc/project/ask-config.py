"""What the real DVC's configuration says in the folders given as a JSON list on the standard input."""

import json
import os
import sys

from dvc.config import ConfigError
from dvc.repo import Repo

results = []
for root in json.load(sys.stdin):
    os.chdir(root)
    try:
        repo = Repo()
    except ConfigError as error:
        results.append({"error": str(error)})
        continue
    config = repo.config
    types = config["cache"].get("type") or ["reflink", "copy"]
    results.append(
        {
            "cacheDir": os.path.dirname(os.path.dirname(repo.cache.local.path)),
            "cacheTypes": types,
            "sharedGroup": config["cache"].get("shared") == "group",
            "parsingBool": config["parsing"].get("bool", "store_true"),
            "parsingList": config["parsing"].get("list", "nargs"),
            "autostage": config["core"].get("autostage", False),
            "noScm": config["core"].get("no_scm", False),
        }
    )
json.dump(results, sys.stdout)
