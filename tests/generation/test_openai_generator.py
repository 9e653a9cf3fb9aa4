"""OpenAIGenerator against a real HTTP server of a real (tiny) model."""

import asyncio
import threading

import pytest

from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.generation import Sampling
from sample_engineering.generation.openai_generator import OpenAIGenerator, server_url
from sample_engineering.generation.protocol import Completion
from sample_engineering.generation.retries import RetryPolicy

from .local_server import ModelServer, ScriptedServer
from .templates import SWITCH, ChatTemplate, tokenizer_with

QUICK = RetryPolicy(attempts=3, first_wait=0.01, longest_wait=0.05, longest_retry_after=0.1)
CHAT = [{"role": "user", "content": "What is 2 + 3?"}]


def open_generator(server, **options):
    return OpenAIGenerator(server.url, "tiny", retry=QUICK, **options)


def test_answers_a_chat_as_the_served_model_does(tiny_server, tiny_generator):
    with open_generator(tiny_server) as generator:
        ((completion,),) = generator.generate([CHAT], Sampling(max_tokens=12, temperature=0))
    ((expected,),) = tiny_generator.generate([CHAT], Sampling(max_tokens=12, temperature=0))
    assert completion == expected


def test_continues_a_text(tiny_server, tiny_generator):
    with open_generator(tiny_server) as generator:
        ((completion,),) = generator.generate(["2 + 3 ="], Sampling(max_tokens=12, temperature=0))
    ((expected,),) = tiny_generator.generate(["2 + 3 ="], Sampling(max_tokens=12, temperature=0))
    assert completion == expected


def test_keeps_the_order_of_the_prompts(tiny_server, tiny_generator):
    prompts = [f"{number} + 1 =" for number in range(20)]
    done = []
    with open_generator(tiny_server, concurrency=8) as generator:
        found = generator.generate(
            prompts, Sampling(max_tokens=8, temperature=0), progress=done.append
        )
    expected = tiny_generator.generate(prompts, Sampling(max_tokens=8, temperature=0))
    assert [group[0].text for group in found] == [group[0].text for group in expected]
    assert sum(done) == 20


def test_asks_for_n_in_one_request_where_the_server_has_n(tiny_server):
    before = len(tiny_server.requests)
    with open_generator(tiny_server) as generator:
        (group,) = generator.generate([CHAT], Sampling(n=6, max_tokens=20, seed=1))
    assert len(group) == 6
    assert len({item.text for item in group}) > 1
    assert len(tiny_server.requests) == before + 1
    assert generator.features.n is True


def test_repeats_requests_where_n_is_silently_ignored(tiny_generator):
    with ModelServer(tiny_generator, ignores=["n"]) as server, open_generator(server) as generator:
        groups = generator.generate([CHAT, CHAT], Sampling(n=4, max_tokens=20, seed=1))
        assert [len(group) for group in groups] == [4, 4]
        assert len({item.text for group in groups for item in group}) > 4
        assert generator.features.n is False
        assert any("n=4" in note for note in generator.features.notes)


def test_repeats_requests_where_n_is_refused():
    def script(body):
        if "n" in body:
            return 400, {"error": {"message": "only one choice is supported"}}, {}
        return "yes"

    with ScriptedServer(script) as server, open_generator(server) as generator:
        (group,) = generator.generate([CHAT], Sampling(n=3))
    assert [item.text for item in group] == ["yes"] * 3
    assert generator.features.n is False


def test_same_seed_same_answers(tiny_server):
    with open_generator(tiny_server) as generator:
        first = generator.generate([CHAT, CHAT], Sampling(n=2, max_tokens=20, seed=5))
        again = generator.generate([CHAT, CHAT], Sampling(n=2, max_tokens=20, seed=5))
        other = generator.generate([CHAT, CHAT], Sampling(n=2, max_tokens=20, seed=6))
    assert first == again
    assert first != other
    assert first[0] != first[1]  # a repeated prompt gets samples of its own


def test_gives_log_probabilities_of_each_token(tiny_server, tiny_generator):
    with open_generator(tiny_server) as generator:
        groups = generator.generate(
            [CHAT, "2 +"], Sampling(n=2, max_tokens=9, temperature=1, logprobs=True)
        )
    for item in (item for group in groups for item in group):
        assert item.logprobs is not None
        assert len(item.logprobs) == item.tokens
        assert all(value <= 0 for value in item.logprobs)


def test_says_when_log_probabilities_are_ignored(tiny_generator):
    with (
        ModelServer(tiny_generator, ignores=["logprobs"]) as server,
        open_generator(server) as generator,
    ):
        ((item,),) = generator.generate([CHAT], Sampling(max_tokens=4, logprobs=True))
    assert item.logprobs is None
    assert generator.features.notes == ["the server gives no log-probabilities"]


def test_top_k_and_stop_texts_reach_the_served_model(tiny_server, tiny_generator):
    prompts = [CHAT, "2 + 3 ="]
    wanted = tiny_generator.generate(["2 + 3 ="], Sampling(max_tokens=12, temperature=0))[0][0]
    with open_generator(tiny_server) as generator:
        ((narrow,),) = generator.generate(["2 + 3 ="], Sampling(max_tokens=12, top_k=1))
        sampling = Sampling(max_tokens=12, temperature=0, stop=(wanted.text[-1],))
        served = generator.generate(prompts, sampling)
    assert narrow.text == wanted.text
    ((cut,),) = tiny_generator.generate(["2 + 3 ="], sampling)
    assert served[1][0] == cut
    assert cut.text == wanted.text[: wanted.text.find(wanted.text[-1])]
    assert generator.notes == ()


def test_a_server_that_writes_past_a_stop_text_is_cut_and_said(tiny_generator):
    sampling = Sampling(max_tokens=12, temperature=0)
    ((whole,),) = tiny_generator.generate(["2 + 3 ="], sampling)
    stop = whole.text[-1]
    with (
        ModelServer(tiny_generator, ignores=["stop"]) as server,
        open_generator(server) as generator,
    ):
        ((item,),) = generator.generate(["2 + 3 ="], sampling.with_(stop=(stop,)))
    assert item.text == whole.text[: whole.text.find(stop)]
    assert item.finish_reason == "stop"
    assert generator.notes == ("the server wrote on past a stop text: its answers are cut there",)


@pytest.mark.parametrize(
    ("name", "value"), [("top_k", 5), ("stop", ("x",)), ("chat_template_kwargs", {"a": 1})]
)
def test_a_setting_that_changes_the_answers_is_never_left_out_in_silence(name, value):
    def script(body):
        if name in body:
            return 400, {"error": {"message": f"Unrecognized request argument: {name}"}}, {}
        return "fine"

    with ScriptedServer(script) as server, open_generator(server) as generator:
        assert getattr(generator.capabilities, name)
        with pytest.raises(GenerationError, match=f"takes no `{name}`.*leave `{name}` out"):
            generator.generate([CHAT], Sampling(**{name: value}))
        assert not getattr(generator.capabilities, name)
        assert generator.generate([CHAT], Sampling())[0][0].text == "fine"


def test_what_the_chat_template_is_told_reaches_the_server(tiny_model_path):
    from sample_engineering.generation.transformers_engine import TransformersGenerator, load_model

    tokenizer = tokenizer_with(ChatTemplate(switch=True))
    local = TransformersGenerator(load_model(tiny_model_path, device="cpu"), tokenizer)
    # The model knows fewer tokens than this tokenizer, so its own ids are asked for.
    local.model.resize_token_embeddings(len(tokenizer))
    sampling = Sampling(max_tokens=6, temperature=0, chat_template_kwargs={SWITCH: False})
    with ModelServer(local) as server, open_generator(server) as generator:
        ((served,),) = generator.generate([CHAT], sampling)
        ((plain,),) = generator.generate([CHAT], sampling.with_(chat_template_kwargs={}))
        assert generator.notes == ()
    ((own,),) = local.generate([CHAT], sampling)
    assert (served.text, served.prompt_tokens) == (own.text, own.prompt_tokens)
    assert served.prompt_tokens == plain.prompt_tokens + 1
    asked = [body.get("chat_template_kwargs") for body in server.requests]
    assert asked == [None, {SWITCH: False}, {SWITCH: False}, None]  # two to find out whether


def test_a_server_that_ignores_what_the_template_is_told_is_noted(tiny_generator):
    told = Sampling(max_tokens=2, chat_template_kwargs={"enable_thinking": False})
    with (
        ModelServer(tiny_generator, ignores=["chat_template_kwargs"]) as server,
        open_generator(server) as generator,
    ):
        generator.generate([CHAT], told)
        generator.generate([CHAT], told)
    (note,) = generator.notes
    assert '{"enable_thinking": false} the prompt is as long as without' in note


def test_the_end_of_a_turn_is_asked_of_a_server_that_shows_it(tiny_generator):
    for tokenizes in (True, False):
        with (
            ModelServer(tiny_generator, tokenizes=tokenizes) as server,
            open_generator(server) as generator,
        ):
            generator.generate([CHAT, CHAT], Sampling(max_tokens=2))
            generator.generate(["2 + 3 ="], Sampling(max_tokens=2))
        end = tiny_generator.tokenizer.convert_tokens_to_ids("<end>")
        wanted = [end] if tokenizes else None
        assert [body.get("stop_token_ids") for body in server.requests] == [wanted] * 3


def test_a_field_that_is_written_from_the_settings_is_none_of_extra_body(tiny_server):
    with pytest.raises(ConfigError, match=r"`extra_body` may not set top_k: .*`Sampling`"):
        open_generator(tiny_server, extra_body={"top_k": 5})


def test_counts_tokens_exactly_over_a_group(tiny_server):
    with open_generator(tiny_server) as generator:
        (group,) = generator.generate([CHAT], Sampling(n=8, max_tokens=30, seed=2))
    assert sum(item.tokens for item in group) == generator.usage.completion_tokens
    assert all(item.tokens == 30 for item in group if item.finish_reason == "length")


def test_works_inside_a_running_event_loop(tiny_server):
    async def notebook_cell():
        with open_generator(tiny_server) as generator:
            return generator.generate([CHAT], Sampling(max_tokens=4))

    assert len(asyncio.run(notebook_cell())) == 1


def test_serves_several_threads_at_once(tiny_server):
    results = {}
    with open_generator(tiny_server) as generator:

        def ask(number):
            results[number] = generator.generate(
                [f"{number} +"], Sampling(n=2, max_tokens=5, seed=number)
            )

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(results) == list(range(6))


def test_streams_results_as_they_finish(tiny_server):
    with open_generator(tiny_server, concurrency=2) as generator:
        stream = generator.stream([CHAT] * 5, Sampling(max_tokens=4, seed=0))
        index, completions = next(stream)
        assert index in range(5)
        assert isinstance(completions[0], Completion)
        stream.close()


def test_continues_a_begun_answer_where_the_server_can(tiny_server, tiny_generator):
    begun = [*CHAT, {"role": "assistant", "content": "The answer is \\boxed{"}]
    with open_generator(tiny_server) as generator:
        assert generator.can_prefill(begun)
        ((item,),) = generator.generate([begun], Sampling(max_tokens=6, temperature=0))
    text = tiny_generator.tokenizer.apply_chat_template(
        begun, tokenize=False, continue_final_message=True
    )
    ((expected,),) = tiny_generator.generate([text], Sampling(max_tokens=6, temperature=0))
    assert item.text == expected.text


def test_says_where_a_begun_answer_would_not_be_continued(tiny_generator):
    begun = [*CHAT, {"role": "assistant", "content": "\\boxed{"}]
    ignoring = ModelServer(tiny_generator, ignores=["continue_final_message"])
    with ignoring as server, open_generator(server) as generator:
        assert not generator.can_prefill(begun)
        with pytest.raises(GenerationError, match="does not continue"):
            generator.generate([begun], Sampling())


def test_reasoning_that_comes_apart_is_put_before_the_answer():
    answer = {
        "choices": [
            {
                "finish_reason": "stop",
                "message": {"content": "5", "reasoning_content": "2 and 3"},
            }
        ]
    }
    with ScriptedServer(lambda _: (200, answer, {})) as server, open_generator(server) as generator:
        ((item,),) = generator.generate([CHAT], Sampling())
    assert item.text == "<think>\n2 and 3\n</think>\n\n5"


def test_an_unreachable_server_is_one_clear_error():
    with pytest.raises(GenerationError, match=r"cannot reach http://127.0.0.1:9/v1.*vllm serve"):
        OpenAIGenerator("127.0.0.1:9", "tiny", retry=QUICK).generate([CHAT], Sampling())


def test_an_unknown_model_is_named_beside_the_known_ones(tiny_server):
    with pytest.raises(GenerationError, match=r"no model 'huge'; it has: tiny"):
        OpenAIGenerator(tiny_server.url, "huge", retry=QUICK).generate([CHAT], Sampling())


def test_a_refused_key_says_what_to_set():
    refusal = (401, {"error": {"message": "Incorrect API key"}}, {})
    with (
        ScriptedServer(lambda _: refusal) as server,
        pytest.raises(GenerationError, match="OPENAI_API_KEY"),
    ):
        open_generator(server).generate([CHAT], Sampling())
    assert sum(server.asked.values()) == 1


@pytest.mark.parametrize("key", ["sk-\u2026", "sk-a\nb"])
def test_a_key_that_cannot_be_sent_is_said_without_showing_it(key):
    with pytest.raises(ConfigError, match="OPENAI_API_KEY") as caught:
        OpenAIGenerator("h:1", "m", api_key=key)
    assert "sk-" not in str(caught.value)


def test_the_key_is_sent_and_a_line_end_around_it_is_not(tiny_server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-abc\n")
    with open_generator(tiny_server) as generator:
        generator.generate([CHAT], Sampling(max_tokens=2))
    assert tiny_server.keys[-1] == "Bearer sk-abc"


def test_an_empty_account_is_not_asked_again():
    refusal = (429, {"error": {"message": "no credit", "code": "insufficient_quota"}}, {})
    with (
        ScriptedServer(lambda _: refusal) as server,
        pytest.raises(GenerationError, match="account is empty"),
    ):
        open_generator(server).generate([CHAT], Sampling())
    assert sum(server.asked.values()) == 1


def test_a_refused_prompt_can_be_skipped():
    def script(body):
        if "long" in body["messages"][0]["content"]:
            return 400, {"error": {"message": "maximum context length is 10 tokens"}}, {}
        return [f"fine {index}" for index in range(body.get("n", 1))]

    prompts = [[{"role": "user", "content": text}] for text in ("a", "long", "b")]
    with ScriptedServer(script) as server:
        with open_generator(server, refused="skip") as generator:
            groups = generator.generate(prompts, Sampling(n=2))
            assert [len(group) for group in groups] == [2, 0, 2]
            assert [len(group) for group in generator.generate(prompts, Sampling())] == [1, 0, 1]
            (note,) = generator.notes
            assert note.startswith("prompts were refused, the first because: ")
            assert "maximum context" in note
            assert generator.features.n is True  # the refusal was not about n
        with pytest.raises(GenerationError, match=r"prompt 1: .*maximum context"):
            open_generator(server).generate(prompts, Sampling())


def test_a_wrong_guess_takes_nothing_back_that_other_answers_taught():
    from sample_engineering.generation.openai_wire import Features, learn_from_refusal

    features = Features()
    before = features.copy()
    assert learn_from_refusal(400, "maximum context length", {"n": 2}, features)
    assert features.n is False
    features.n = True  # another request was answered with all its completions
    features.note("the server gives no log-probabilities")
    features.restore(before)
    assert features.n is True
    assert features.notes == ["the server gives no log-probabilities"]


def test_a_server_that_wants_max_completion_tokens_gets_it():
    def script(body):
        if "max_tokens" in body:
            message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            return 400, {"error": {"message": message}}, {}
        return str(body["max_completion_tokens"])

    with ScriptedServer(script) as server, open_generator(server) as generator:
        ((item,),) = generator.generate([CHAT], Sampling(max_tokens=77))
    assert item.text == "77"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1"),
        ("localhost:8000", "http://localhost:8000/v1"),
        ("https://api.example.com/v1/", "https://api.example.com/v1"),
        ("http://h:1/openai/v1", "http://h:1/openai/v1"),
    ],
)
def test_addresses_are_completed(given, expected):
    assert server_url(given) == expected


@pytest.mark.parametrize("given", ["", "ftp://x", "http://", "http://h:99999", "file:///etc"])
def test_what_is_no_address_is_refused(given):
    with pytest.raises(ConfigError, match="not the address of a server"):
        server_url(given)
