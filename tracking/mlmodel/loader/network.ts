/**
 * Opens a model's folder as transformers' classes, whatever it was trained with. Over four bits an adapter was trained on what
 * weights come back as from there, convolutions included; bitsandbytes' own layers know no convolutions, and its CPU kernels
 * take wrong scales for rows that are not whole blocks. So the values that come back are put in place, in float32.
 */
export const NETWORK_SOURCE = `"""Opens a whole model in transformers' layout, or an adapter over its base."""

import json
import os

import torch
from transformers import AutoConfig

from .packed import open_packed, packed_files

BLOCK = 64


def read_json(folder, name):
    """None where there is no such file."""
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def open_network(auto, folder, base, labels=0):
    """auto: the class of transformers; base: the folder of an adapter's base, else the hub has it; labels: of a new head."""
    adapter = read_json(folder, "adapter_config.json")
    if adapter is None:
        return auto.from_pretrained(folder).eval()
    revision = {}
    if not os.path.exists(base):
        base = adapter.get("base_model_name_or_path") or adapter["model_name"]
        revision["revision"] = adapter.get("revision") or "main"
    config = AutoConfig.from_pretrained(base, **({"num_labels": labels} if labels else {}), **revision)
    kept, packed = set(), packed_files(base, config, **revision)
    if packed:
        network, kept = open_packed(auto, packed, config)
    else:
        network = auto.from_pretrained(base, config=config, ignore_mismatched_sizes=labels > 0, **revision)
    if "quantization_config" in read_json(folder, "config.json"):
        take_from_four_bits(network, kept)
    if "peft_type" in adapter:
        from peft import PeftModel

        return PeftModel.from_pretrained(network, folder).eval()
    from .bottlenecks import with_bottlenecks

    return with_bottlenecks(network, folder, adapter).eval()


@torch.no_grad()
def take_from_four_bits(network, kept):
    """The weights of all layers but the head, and those kept, become what NF4 with double quantization makes of them."""
    from bitsandbytes.functional import dequantize_blockwise, quantize_4bit
    from transformers.pytorch_utils import Conv1D

    for path, layer in network.named_modules():
        if not isinstance(layer, (torch.nn.Linear, torch.nn.Conv2d, Conv1D)):
            continue
        if path in kept or not path.startswith(network.base_model_prefix + "."):
            continue
        turned = isinstance(layer, Conv1D)
        weight = (layer.weight.t() if turned else layer.weight).contiguous()
        codes, state = quantize_4bit(weight, blocksize=BLOCK, compress_statistics=True, quant_type="nf4")
        scales = dequantize_blockwise(state.absmax, state.state2) + state.offset
        halves = torch.stack([codes.reshape(-1) >> 4, codes.reshape(-1) & 15], dim=1)
        values = state.code[halves.reshape(-1)[: weight.numel()].long()]
        values *= scales[torch.arange(weight.numel()) // BLOCK]
        values = values.reshape(weight.shape)
        layer.weight.copy_(values.t() if turned else values)
`;
