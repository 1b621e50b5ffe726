/**
 * A base that bitsandbytes has packed already. transformers would open it with bitsandbytes' own layers, which want an
 * accelerator or take other values for the same bytes; its files alone say all that is needed to have the values.
 */
export const PACKED_SOURCE = `"""Opens a base whose weights bitsandbytes has packed into four bits, with their values in float32."""

import json
import math
import os
from glob import glob

import torch
from safetensors import safe_open
from transformers.pytorch_utils import Conv1D

# Beside a weight, its state: a text in JSON, as bytes.
STATE = ".quant_state.bitsandbytes__nf4"


def packed_files(base, config, revision=None):
    """The files of weights, where they are packed; else none. base: a folder, or the hub's name of it."""
    if not os.path.isdir(base):
        kept = config.to_dict().get("quantization_config") or {}
        if kept.get("bnb_4bit_quant_type") != "nf4":
            return []
        from huggingface_hub import snapshot_download

        base = snapshot_download(base, revision=revision, allow_patterns=["*.safetensors", "*.safetensors.index.json"])
    index = os.path.join(base, "model.safetensors.index.json")
    if os.path.exists(index):
        with open(index, encoding="utf-8") as file:
            names = set(json.load(file)["weight_map"].values())
        files = [os.path.join(base, name) for name in sorted(names)]
    else:
        files = sorted(glob(os.path.join(base, "*.safetensors")))
    return files if any(name.endswith(STATE) for name in Tensors(files).names) else []


class Tensors:
    """Those of several files, by name."""

    def __init__(self, files):
        opened = [safe_open(file, framework="pt") for file in files]
        self.files = {name: file for file in opened for name in file.keys()}
        self.names = list(self.files)

    def __contains__(self, name):
        return name in self.files

    def __getitem__(self, name):
        return self.files[name].get_tensor(name)


@torch.no_grad()
def open_packed(auto, files, config):
    """The network, and the paths of layers whose scales are packed, too: what QLoRA takes as they are."""
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    network = auto.from_config(config).float()
    places, layers, tensors, kept = network.state_dict(), dict(network.named_modules()), Tensors(files), set()
    for name in tensors.names:
        place = name if name in places else f"{network.base_model_prefix}.{name}"
        if place not in places:
            continue
        path = place.rpartition(".")[0]
        packed = name + STATE in tensors
        value = unpacked(tensors, name) if packed else tensors[name]
        if packed and isinstance(layers[path], Conv1D):
            value = value.t()
        # A head of another task is not taken: the adapter brings its own.
        if value.shape == places[place].shape:
            places[place].copy_(value)
            if packed and name + ".nested_absmax" in tensors:
                kept.add(path)
    return network, kept


def unpacked(tensors, name):
    state = json.loads(bytes(tensors[name + STATE].tolist()))
    scales = tensors[name + ".absmax"]
    if name + ".nested_absmax" in tensors:
        of = torch.arange(scales.numel()) // state["nested_blocksize"]
        coarse = tensors[name + ".nested_absmax"][of]
        scales = tensors[name + ".nested_quant_map"][scales.long()] * coarse + state["nested_offset"]
    codes = tensors[name].reshape(-1)
    halves = torch.stack([codes >> 4, codes & 15], dim=1).reshape(-1)
    count = math.prod(state["shape"])
    values = tensors[name + ".quant_map"][halves[:count].long()]
    return (values * scales[torch.arange(count) // state["blocksize"]]).reshape(state["shape"])
`;
