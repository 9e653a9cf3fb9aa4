"""A line or more for every command: one that works, and ones that fail where keys are near."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A key in every variable that is known to hold one, and in some that nobody knows.
VARIABLES = (
    *("OPENAI_API_KEY", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "WANDB_API_KEY", "COMET_API_KEY"),
    *("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AZURE_STORAGE_KEY", "GOOGLE_API_KEY"),
    *("ANTHROPIC_API_KEY", "RAY_AUTH_TOKEN", "SLURM_JWT", "MY_COMPANY_SECRET", "dbPassword"),
)
SERVER = "{server}"  # stands for the address of the test's own server
# The 20 letters that end each key: what is searched for.
CANARY = "Zq7x9K2mWvT4bN8cR5dL"


def canary(number):
    """A key of its own for each place."""
    return f"k{number:02}{CANARY}"


def _tiny(*words):
    """A training of the embedded model that hardly takes a moment."""
    return (*words, "--steps", "1", "--per-domain", "1", "--readings", "greedy")


WORKS = {
    "audit": ("audit", "pool.jsonl", "--report", "page.html"),
    "blend": ("blend", "microcosm_pool.jsonl", "--n", "3", "-o", "blend.jsonl"),
    "compare": ("compare", "run", "other", "--format", "json"),
    "components": ("components",),
    "contamination": (
        *("contamination", "--benchmark", "fresh?dialect=compact&n=7&seed=3", "--shares", "0.5"),
        *("--max-tokens", "8"),
    ),
    "convert": ("convert", "pool.jsonl", "--to", "verl", "-o", "verl.parquet"),
    "doctor": ("doctor",),
    "doctor as JSON": ("doctor", "--model", "microcosm", "--format", "json"),
    "evaluate": (
        *("evaluate", "--per-domain", "1", "--rollouts", "1", "-o", "evaluation.parquet"),
    ),
    "grade": ("grade", "so \\boxed{18}", "--gold", "18"),
    "history": ("history", "rollouts", "-o", "history.jsonl"),
    "judge": ("judge", f"m@{SERVER}/v1", "--n", "1", "-o", "judge.json"),
    "leaderboard": ("leaderboard", ".", "--report", "board.html"),
    "microcosm benchmark": ("microcosm", "benchmark", "--per-domain", "1"),
    "microcosm build": ("microcosm", "build", "--steps", "1", "-o", "model"),
    "microcosm info": ("microcosm", "info"),
    "microcosm pool": ("microcosm", "pool", "-o", "world.jsonl"),
    "open": ("open", "run", "--no-browser"),
    "polymath": ("polymath", "-n", "2", "-o", "poly"),
    "probe": ("probe", "few.jsonl", "--model", "microcosm", "-n", "1", "-o", "probed.jsonl"),
    "probe at a server": (
        *("probe", "few.jsonl", "--server", f"{SERVER}/v1", "--model", "m", "-n", "1"),
        *("-o", "asked.jsonl", "--debug"),
    ),
    "profile": ("profile", "rollouts", "-o", "profile.jsonl"),
    "push": ("push", "me/problems", "pool.jsonl", "--license", "mit"),
    "rank": ("rank", "pool.jsonl", "-o", "ranked.jsonl", "--report", "ranking.html"),
    "report": ("report", "run"),
    "rescore": ("rescore", "rollouts", "-o", "rescored.jsonl"),
    "search": ("search", "microcosm_pool.jsonl", "--budget", "60", "--steps", "1", "--dry-run"),
    "serve": ("serve", "--port", "0", "--workers", "1"),
    "sweep": ("sweep", "microcosm_pool.jsonl", "--top", "1", "--steps", "1", "--dry-run"),
    "sweep by Slurm": (
        *("sweep", "microcosm_pool.jsonl", "--top", "1", "--steps", "1", "--seeds", "0"),
        *("--slurm", "job.sh", "-o", "swept"),
    ),
    "synthesize": (
        *("synthesize", "--domains", "physics", "-n", "2", "-o", "new.jsonl"),
        *("--report", "new.html"),
    ),
    "validate": _tiny("validate", "--out", "trained", "--controls", "none", "--seed", "0"),
    "view": ("view", "."),
}
MAY_SAY_NO = ("doctor", "doctor as JSON", "judge")  # with status 1
UNTIL = {"serve": "http://127.0.0.1", "view": "http://127.0.0.1"}
_KEY = canary(50)
FAILS = {
    "an address with a password": (
        "evaluate",
        "--model",
        "m",
        "--server",
        f"http://me:{_KEY}@h/v1",
    ),
    "a model at one": ("polymath", "--composer", f"m@https://{_KEY}@h/v1", "-n", "1"),
    "a judge at one": ("judge", f"m@https://u:{_KEY}@h/v1"),
    "a server for trainings": ("validate", "--vllm-server", f"http://u:{_KEY}@h:8000"),
    "a setting": ("validate", "--set", f"hub_token={_KEY}", "--out", "refused"),
    "a setting, dry": ("validate", "--set", f"hub_token={_KEY}", "--dry-run", "--debug"),
    "an argument of the loader": (
        *("evaluate", "--model", "owner/name", "--model-init-kwargs", f"token={_KEY}"),
    ),
    "an option of the engine": (
        *("probe", "few.jsonl", "--server", f"{SERVER}/v1", "--model", "m", "--engine-option"),
        f'extra_body={{"api_key": "{_KEY}"}}',
    ),
    "a pool by address": ("rank", f"https://u:{_KEY}@host.example/pool.jsonl"),
    "a refusal that says the key": (
        *("probe", "few.jsonl", "--server", f"{SERVER}/bad/v1", "--model", "m", "-o", "a.jsonl"),
    ),
    "the same with a traceback": (
        *("evaluate", "--server", f"{SERVER}/bad/v1", "--model", "m", "--debug"),
    ),
    "an answer that is no JSON": (
        *("evaluate", "--server", f"{SERVER}/html/v1", "--model", "m", "--per-domain", "1"),
    ),
    "a hub that is not reached": ("probe", "few.jsonl", "--model", "owner/name", "--debug"),
}
