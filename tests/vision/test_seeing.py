"""Images from a sample to the model: over the wire, through a processor, and through a training."""

from collections import Counter

import pytest
import torch

import sample_engineering as se
from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.evaluation import Benchmark
from sample_engineering.generation import Sampling
from sample_engineering.generation.asking import Protocol
from sample_engineering.generation.openai_generator import OpenAIGenerator
from sample_engineering.generation.prompts import Question
from sample_engineering.generation.transformers_engine import TransformersGenerator, load_model
from sample_engineering.generation.vision import images_in
from sample_engineering.images import Image
from sample_engineering.runs import RunFolder
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.one_shot import train_one_shot
from sample_engineering.trainers.recipes import load_recipe
from tests.generation.local_server import ScriptedServer
from tests.trainers.tiny import save_tiny_model
from tests.vision.tiny_vision import COLOURS, picture, sample

CHAT = Protocol(template="chat", max_tokens=6)
TOLD = Sampling(n=24, max_tokens=6, seed=1)


def prompt(colour):
    one = sample(colour)
    return CHAT.prompt(one)


@pytest.fixture(scope="module")
def seeing(seeing_folder):
    with TransformersGenerator(str(seeing_folder), device="cpu") as generator:
        yield generator


def test_images_go_over_the_wire_as_data_in_their_places():
    with ScriptedServer(lambda body: "\\boxed{no}", models=["m"]) as server:
        two = se.Sample("a", "Is <image> as <image> is?", "no", images=[picture("red")] * 2)
        with OpenAIGenerator(server.url, "m") as generator:
            asked = Protocol(system="Be brief.").prompt(two)
            generator.generate([asked], Sampling(n=1, max_tokens=5))
        (body,) = [one for one in server.bodies if "Is " in str(one)]
    system, user = body["messages"]
    assert system == {"role": "system", "content": "Be brief."}
    kinds = [part["type"] for part in user["content"]]
    assert kinds == ["text", "image_url", "text", "image_url", "text"]
    assert Image.of(user["content"][1]["image_url"]["url"]) == picture("red")
    assert user["content"][4]["text"].endswith("\\boxed{}.")


def test_a_template_that_is_continued_as_text_holds_no_image():
    with pytest.raises(ConfigError, match="holds no images"):
        Protocol(template="plain").prompt(Question("Which?", (picture("red"),)))


def test_a_model_that_reads_no_images_is_refused(tmp_path):
    folder = save_tiny_model(tmp_path, chat=True)
    generator = TransformersGenerator(str(folder), device="cpu")
    with pytest.raises(GenerationError, match="vision-language"):
        generator.generate([prompt("red")], TOLD)


def test_what_is_answered_depends_on_the_image_and_not_on_the_others(seeing):
    alone = {colour: seeing.generate([prompt(colour)], TOLD)[0] for colour in COLOURS}
    for colour, completions in alone.items():
        said = Counter(one.text for one in completions)
        assert said.most_common(1)[0][0] == f"\\boxed{{ {colour} }}"
        assert len(said) > 1
    words = [{"role": "user", "content": "which is it ?"}]
    together = seeing.generate([words, *map(prompt, COLOURS)], TOLD)
    assert together[1:] == list(alone.values())
    assert len(together[0]) == TOLD.n


def test_a_vision_model_is_evaluated_and_probed(seeing_folder):
    items = [sample(colour).with_(domains=(colour,)) for colour in COLOURS]
    settings = {"template": "chat", "max_tokens": 6}
    benchmark = Benchmark("colours", items, temperature=1.0, **settings)
    found = se.evaluate(model=str(seeing_folder), benchmark=benchmark, rollouts=8, device="cpu")
    assert 0.3 < found.table["correct"].mean() < 0.95
    wrong = items[0].with_(id="wrong", images=(picture("blue"),))
    probe = se.probe(
        [*items, wrong], model=str(seeing_folder), rollouts=16, device="cpu", **settings
    )
    rates = {record.id: record.correct / record.n for record in probe.records}
    assert rates["wrong"] < 0.4 < rates["see-red"]


def test_one_shot_training_on_an_image_learns_its_answer(seeing_folder, tmp_path):
    recipe = load_recipe("microcosm").with_(
        **{"steps": 10, "group_size": 32, "micro_batch": 16, "lr": 3e-3, "save_every": 10},
        **{"max_tokens": 6, "template": "chat"},
    )
    folder = RunFolder(tmp_path / "run", writes=True).training("sample", 0)
    target = sample("red").with_(images=(picture("green"),))  # against what it was taught
    training = train_one_shot(
        str(seeing_folder), Arm("sample", samples=(target,), seed=0), recipe, folder
    )
    assert training.progress.informative_steps >= 3
    assert training.first_pass_rate < 0.4
    assert training.last_pass_rate > 0.6
    before, after = load_model(seeing_folder).state_dict(), load_model(folder.weights).state_dict()
    for part in ("vision_tower", "multi_modal_projector", "language_model"):
        moved = [not torch.equal(before[name], after[name]) for name in before if part in name]
        assert any(moved), part
    with TransformersGenerator(str(folder.weights), device="cpu") as trained:
        shown = CHAT.prompt(target)
        assert len(images_in(shown)) == 1
        texts = [one.text for one in trained.generate([shown], TOLD)[0]]
    assert sum(text.startswith("\\boxed{ red }") for text in texts) > len(texts) / 2
