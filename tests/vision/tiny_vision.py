"""A tiny vision-language model from a configuration, with a processor made here; no download.

LLaVA's shape: a small CLIP sees a picture of one colour, a small Llama writes words.
"""

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from sample_engineering.images import Image
from sample_engineering.sample import Sample

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}
WORDS = [
    *(
        "<pad>",
        "<eos>",
        "<unk>",
        "<image>",
        "user",
        "assistant",
        "which",
        "colour",
        "is",
        "it",
        "?",
    ),
    *("\\boxed{", "}", "so", "."),
    *COLOURS,
]
SIZE, PATCH = 16, 8
QUESTION = "which colour is it ?"
TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }} "
    "{% if m['content'] is string %}{{ m['content'] }} {% else %}"
    "{% for p in m['content'] %}{% if p['type'] == 'image' %}<image> "
    "{% else %}{{ p['text'] }} {% endif %}{% endfor %}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}assistant {% endif %}"
)


def picture(colour: str, kind: str = "PNG", size: int = SIZE) -> Image:
    stream = BytesIO()
    Pillow.new("RGB", (size, size), COLOURS[colour]).save(stream, kind)
    return Image(stream.getvalue())


def sample(colour: str) -> Sample:
    return Sample(f"see-{colour}", QUESTION, colour, kind="text", images=(picture(colour),))


def processor() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlavaProcessor, PreTrainedTokenizerFast
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    vocabulary = {word: index for index, word in enumerate(WORDS)}
    words = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=words,
        pad_token="<pad>",
        eos_token="<eos>",
        unk_token="<unk>",
        additional_special_tokens=["<image>"],
        padding_side="left",
    )
    fast.chat_template = TEMPLATE
    images = CLIPImageProcessorPil(
        size={"shortest_edge": SIZE}, crop_size={"height": SIZE, "width": SIZE}
    )
    return LlavaProcessor(
        images,
        fast,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=TEMPLATE,
    )


def random_model(seed: int = 0) -> Any:
    import torch
    from transformers import (
        CLIPVisionConfig,
        LlamaConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
    )

    torch.manual_seed(seed)
    vision = CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=SIZE,
        patch_size=PATCH,
    )
    text = LlamaConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=128,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=None,
    )
    return LlavaForConditionalGeneration(
        LlavaConfig(
            vision_config=vision,
            text_config=text,
            image_token_index=WORDS.index("<image>"),
            vision_feature_layer=-1,
            pad_token_id=0,
        )
    )


def taught_model(right: float = 0.55, steps: int = 120, seed: int = 0) -> Any:
    """A model that names the colour it sees in a box, right in about that share of its answers."""
    import numpy as np
    import torch

    model, rng = random_model(seed), np.random.default_rng(seed)
    made, names = processor(), list(COLOURS)
    pairs = {
        (seen, said): made(
            images=[picture(seen).picture()],
            text=f"user <image> {QUESTION} assistant \\boxed{{ {said} }} <eos>",
            return_tensors="pt",
        )
        for seen in names
        for said in names
    }
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(steps):
        batch = []
        for seen in (names[i] for i in rng.integers(0, 3, 24)):
            batch.append(pairs[seen, seen if rng.random() < right else names[rng.integers(0, 3)]])
        inputs = {name: torch.cat([one[name] for one in batch]) for name in batch[0]}
        labels = inputs["input_ids"].clone()
        labels[:, : labels.shape[1] - 4] = -100
        model(**inputs, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return model


def save(model: Any, folder: Path) -> Path:
    model.generation_config.eos_token_id = 1
    model.generation_config.pad_token_id = 0
    model.save_pretrained(folder, safe_serialization=True)
    processor().save_pretrained(folder)
    return folder
