"""The shape of a model: how many numbers it has and where, read without its weights.

The model is built on torch's meta device, where tensors have shapes and no memory, so that tied
embeddings, experts and layers of unusual kinds are counted as the model's own code makes them.
"""

from dataclasses import asdict, dataclass
from typing import Any

from sample_engineering.extras import require
from sample_engineering.generation.vision import auto_model

_EXPERTS = ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")
_CHOSEN = ("num_experts_per_tok", "num_experts_per_token", "moe_top_k", "moe_topk")
_WIDTHS = ("intermediate_size", "ffn_dim", "n_inner", "ffn_hidden_size", "d_ff")
_CONTEXTS = ("max_position_embeddings", "n_positions", "max_seq_len", "n_ctx")
_CACHED = ("full_attention", "sliding_attention", "chunked_attention", "attention")
_WIDEST = 4  # times the width: a transformer's inner layer, where the configuration names none


@dataclass(frozen=True)
class ModelShape:
    """What of a model decides memory and time.

    Parameters
    ----------
    kind : str
        ``model_type`` of its configuration.
    parameters : int
        All of them, tied ones once.
    active_parameters : int
        Those that one token passes through: fewer with a mixture of experts.
    embedding_parameters : int
        Of the input embedding.
    tied : bool
        Whether the output layer is the input embedding.
    adapter_parameters_per_rank : int
        Numbers that LoRA adapters of rank 1 on every linear layer have.
    largest_layer : int
        Parameters of the largest layer of the stack.
    layers : int
    width : int
    inner : int
        Width of the feed-forward part that a token passes through.
    query_width : int
        Heads times width of a head.
    heads : int
    kv_heads : int
    cache_numbers : int
        Numbers of key-value cache a token needs, all layers together.
    vocabulary : int
        Rows of the output layer.
    context : int or None
        Positions, where there is a limit.
    stored_bytes : int
        Bytes of one number in the weight files.
    takes_cache : bool
        Whether the model's forward takes ``past_key_values``, as the sampler gives them.
    """

    kind: str
    parameters: int
    active_parameters: int
    embedding_parameters: int
    tied: bool
    adapter_parameters_per_rank: int
    largest_layer: int
    layers: int
    width: int
    inner: int
    query_width: int
    heads: int
    kv_heads: int
    cache_numbers: int
    vocabulary: int
    context: int | None
    stored_bytes: int
    takes_cache: bool

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        return asdict(self)

    @property
    def layer_parameters(self) -> int:
        """Those of the layers, without input embedding and output layer."""
        return self.parameters - self.embedding_parameters * (1 if self.tied else 2)

    def adapters(self, rank: int) -> int:
        """Return the parameters of LoRA adapters of this rank on every linear layer."""
        return rank * self.adapter_parameters_per_rank


def shape_of(config: Any, *, trust_remote_code: bool = False) -> ModelShape:
    """Return the shape of the model that a transformers configuration describes.

    Parameters
    ----------
    config : transformers configuration
    trust_remote_code : bool
        Run Python code that comes with the model.

    Raises
    ------
    ValueError
        If transformers has no causal language model for the configuration.
    """
    torch = require("torch", "train")
    transformers = require("transformers", "train")
    with torch.device("meta"):
        model = auto_model(config).from_config(config, trust_remote_code=trust_remote_code)
        model.tie_weights()
    text = config.get_text_config()
    parameters = dict(model.named_parameters())
    count = sum(one.numel() for one in parameters.values())
    embedding, output = model.get_input_embeddings(), model.get_output_embeddings()
    routed = sum(one.numel() for name, one in parameters.items() if ".experts." in name)
    experts, chosen = _first(text, _EXPERTS, 0), _first(text, _CHOSEN, 0)
    share = chosen / experts if experts and chosen else 1.0
    kinds = (torch.nn.Linear, transformers.pytorch_utils.Conv1D)
    linear = [one for one in model.modules() if isinstance(one, kinds) and one is not output]
    stack: list[Any] = max(
        (m for m in model.modules() if isinstance(m, torch.nn.ModuleList)), key=len, default=[]
    )
    layers = int(_first(text, ("num_hidden_layers", "n_layer", "num_layers"), len(stack)))
    width = int(_first(text, ("hidden_size", "n_embd", "d_model"), embedding.weight.shape[1]))
    heads = int(_first(text, ("num_attention_heads", "n_head", "num_heads"), 1))
    kv_heads = int(_first(text, ("num_key_value_heads",), heads))
    head = int(_first(text, ("head_dim",), width // heads))
    return ModelShape(
        kind=str(text.model_type),
        parameters=count,
        active_parameters=int(count - routed + routed * share),
        embedding_parameters=embedding.weight.numel(),
        tied=output is None or output.weight is embedding.weight,
        adapter_parameters_per_rank=sum(sum(one.weight.shape) for one in linear),
        largest_layer=max((_size(layer) for layer in stack), default=count),
        layers=layers,
        width=width,
        inner=_inner(text, width, chosen if experts else 0),
        query_width=heads * head,
        heads=heads,
        kv_heads=kv_heads,
        cache_numbers=_cache_numbers(text, layers, heads, kv_heads, head),
        vocabulary=embedding.weight.shape[0] if output is None else output.weight.shape[0],
        context=_context(text),
        stored_bytes=_stored_bytes(torch, config),
        takes_cache=takes_cache(model),
    )


def takes_cache(model: Any) -> bool:
    """Whether a model's forward names the argument ``past_key_values``."""
    import inspect

    return "past_key_values" in inspect.signature(model.forward).parameters


def _size(module: Any) -> int:
    return sum(one.numel() for one in module.parameters())


def _first(config: Any, names: tuple[str, ...], default: Any) -> Any:
    for name in names:
        value = getattr(config, name, None)
        if value is not None:
            return value
    return default


def _inner(text: Any, width: int, chosen: int) -> int:
    dense = _first(text, _WIDTHS, _WIDEST * width)
    dense = max(dense) if isinstance(dense, list | tuple) else int(dense)
    if not chosen:
        return dense
    routed = int(getattr(text, "moe_intermediate_size", None) or dense)
    shared = int(getattr(text, "shared_expert_intermediate_size", None) or 0)
    shared += int(getattr(text, "n_shared_experts", None) or 0) * routed
    return chosen * routed + shared


def _cache_numbers(text: Any, layers: int, heads: int, kv_heads: int, head: int) -> int:
    if getattr(text, "kv_lora_rank", None):  # latent attention: transformers caches it unfolded
        keys = int(text.qk_nope_head_dim) + int(text.qk_rope_head_dim)
        a_layer = heads * (keys + int(text.v_head_dim))
    else:
        a_layer = 2 * kv_heads * head
    kinds = getattr(text, "layer_types", None)
    cached = sum(kind in _CACHED for kind in kinds) if kinds else layers
    return cached * a_layer


def _context(text: Any) -> int | None:
    value = _first(text, _CONTEXTS, None)
    return int(value) if isinstance(value, int) and value > 0 else None


def _stored_bytes(torch: Any, config: Any) -> int:
    dtype = getattr(config, "dtype", None) or getattr(config, "torch_dtype", None)
    if isinstance(dtype, str):
        dtype = getattr(torch, dtype.removeprefix("torch."), None)
    return int(getattr(dtype, "itemsize", 4))
