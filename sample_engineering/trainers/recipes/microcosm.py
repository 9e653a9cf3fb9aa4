"""The recipe of the embedded world: a laptop, minutes."""

from sample_engineering.trainers.recipes.recipe import Recipe

_PROTOTYPE = "measured on the prototype of the embedded world"
_TINY = "a model of this size needs no such saving"

recipe = Recipe(
    name="microcosm",
    summary="the embedded model, in minutes on a laptop",
    steps=40,
    group_size=64,
    micro_batch=32,
    lr=3e-5,
    temperature=1.0,
    max_tokens=160,
    template="chat",
    bf16=False,
    gradient_checkpointing=False,
    dead_stop=15,
    save_every=10,
    sources={
        "lr": "measured: docs/lab-notebook.md, learning rate of the microcosm recipe",
        "steps": "measured: docs/lab/trainer.md, greedy accuracy by steps",
        "group_size": _PROTOTYPE,
        "temperature": _PROTOTYPE,
        "micro_batch": "our choice: fits any memory; the loss is the same for every size",
        "max_tokens": "our choice: well inside the embedded model's context of 512",
        "template": "the embedded model was pretrained on solutions that follow the bare problem",
        "bf16": _TINY,
        "gradient_checkpointing": _TINY,
        "dead_stop": "our choice",
        "save_every": "our choice",
    },
)
