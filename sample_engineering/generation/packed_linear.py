"""Linear layers on a CPU whose weights are laid out beforehand for the instructions it has.

A plain product lays the weight out anew at every call, which for the few rows of a decoding step
takes as long as the product. oneDNN's layout is made once and used at each step.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sample_engineering.generation.memory import available_memory

# A layout costs about as much as a product, so a layer is worth it from so many products on.
LEAST_STEPS = 8
# Parameters of the linear layers from which the product outweighs the call. Smaller models, the
# embedded one among them, keep the plain product and its last digits.
LEAST_PARAMETERS = 10_000_000
# In float32 the plain product of few rows reads the weight once, and faster.
FLOAT32_ROWS = 8


@contextmanager
def packed_linears(model: Any, steps: int) -> Iterator[None]:
    """Let the linear layers of a model on a CPU use packed copies of their weights meanwhile.

    The copies are made here and dropped at the end, so they cannot differ from weights that are
    trained in between. Layers that something else has wrapped, and all on a GPU, stay as they are.

    Parameters
    ----------
    model : torch module
    steps : int
        How often it will be run.
    """
    layers = _layers(model, steps)
    try:
        for layer in layers:
            layer.forward = _packed(layer)
        yield
    finally:
        for layer in layers:
            layer.__dict__.pop("forward", None)


def _layers(model: Any, steps: int) -> list[Any]:
    import torch

    if steps < LEAST_STEPS or torch.is_autocast_enabled("cpu"):
        return []
    dtypes = _dtypes()
    layers = [
        module
        for module in model.modules()
        if type(module) is torch.nn.Linear
        and "forward" not in module.__dict__
        and type(module.weight) in (torch.nn.Parameter, torch.Tensor)
        and module.weight.device.type == "cpu"
        and module.weight.dtype in dtypes
    ]
    size = sum(layer.weight.numel() for layer in layers)
    itemsize = max((layer.weight.element_size() for layer in layers), default=0)
    if size < LEAST_PARAMETERS or 2 * size * itemsize > available_memory():
        return []
    return layers


def _dtypes() -> tuple[Any, ...]:
    """Return the types of numbers for which this build of torch and this CPU have the product."""
    import torch

    offered = bool(torch.backends.mkldnn.is_available()) and all(
        hasattr(torch.ops.mkldnn, name) for name in ("_linear_pointwise", "_reorder_linear_weight")
    )
    if not offered:
        return ()
    if not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return (torch.float32,)
    return torch.float32, torch.bfloat16


def _packed(layer: Any) -> Any:
    import torch

    plain, bias = layer.forward, layer.bias
    product = torch.ops.mkldnn._linear_pointwise.default
    dtype = layer.weight.dtype
    packed = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach())
    least_rows = FLOAT32_ROWS if dtype == torch.float32 else 1

    def forward(x: Any) -> Any:
        if x.dtype != dtype or x.numel() < least_rows * x.shape[-1] or torch.is_grad_enabled():
            return plain(x)
        return product(x, packed, bias, "none", (), "")

    return forward
