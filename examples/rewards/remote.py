# examples/rewards/remote.py
"""Rewards from `se serve`, for trainers that call a Python function; only the standard library.

REWARD_SERVER says where it is, http://127.0.0.1:8000 by default.
"""

import json
import os
import time
import urllib.error
import urllib.request

SERVER = os.environ.get("REWARD_SERVER", "http://127.0.0.1:8000")
GIVE_UP_SECONDS = 600


def compute_score(data_source, solution_str, ground_truth, extra_info=None, **_):
    """verl: custom_reward_function.path=remote.py."""
    known = {
        name: value
        for name, value in (extra_info or {}).items()
        if name in ("kind", "unit", "tolerance", "choices", "units_allowed", "problem", "question")
    }
    asked = {"solution_str": solution_str, "ground_truth": ground_truth, "extra_info": known}
    return ask("/compute_score", asked)


def reward(completions, **columns):
    """TRL: GRPOTrainer(reward_funcs=[reward]); the columns of the data set go along."""
    sent = ("answer", "solution", "kind", "unit", "tolerance", "choices", "units_allowed")
    asked = {name: columns[name] for name in (*sent, "problem", "prompts") if name in columns}
    return ask("/reward", {"completions": completions, **asked})["rewards"]


def one_reward(completion, answer):
    """One completion: for an environment of SkyRL or verifiers."""
    return reward([completion], answer=[answer])[0] or 0.0


def ask(path, body):
    """Ask until there is an answer: 503 means later, and so does a server that is not up yet."""
    request = urllib.request.Request(SERVER + path, json.dumps(body).encode())
    ends = time.monotonic() + GIVE_UP_SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=GIVE_UP_SECONDS) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            if error.code != 503 or time.monotonic() > ends:
                raise RuntimeError(f"no reward: {error.code} {error.read().decode()}") from error
            time.sleep(float(error.headers.get("Retry-After", 1)))
        except urllib.error.URLError:
            if time.monotonic() > ends:
                raise
            time.sleep(1)
