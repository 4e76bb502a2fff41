#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""job.py RECIPE JOB: runs the job of a recipe for GitHub Actions or GitLab CI in the working
directory as their runners would, all of its commands but those that install relayaudit. Its
exit status is the job's; what a step prints is printed."""

import os
import subprocess
import sys
import tempfile

import yaml


def github(job):
    """Each script by bash -e; behind a failure only steps that say so."""
    status = 0
    for step in job["steps"]:
        if "run" not in step or step.get("name") == "Install relayaudit":
            continue
        if status and "cancelled" not in step.get("if", ""):
            continue
        with tempfile.NamedTemporaryFile("w", suffix=".sh") as script:
            script.write(step["run"])
            script.flush()
            status = subprocess.run(["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script.name], check=False).returncode or status
    return status


def gitlab(job):
    """All lines by one shell that ends with the first that fails; and what it promised to leave is there."""
    status = subprocess.run(["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])], check=False).returncode
    for name in list(job["artifacts"]["paths"]) + list(job["artifacts"]["reports"].values()):
        if not os.path.exists(name):
            print(f"there is no {name}")
            status = status or 99
    return status


with open(sys.argv[1], encoding="ascii") as file:
    recipe = yaml.safe_load(file)
if "jobs" in recipe:
    sys.exit(github(recipe["jobs"][sys.argv[2]]))
wanted = recipe[sys.argv[2]]
sys.exit(gitlab({**recipe[wanted["extends"]], **wanted} if "extends" in wanted else wanted))
