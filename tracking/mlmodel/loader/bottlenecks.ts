/**
 * AdapterHub's adapters. The library that made the format knows no ResNet; there they are what `finetuning/methods/adapter` has
 * in its place.
 */
export const BOTTLENECKS_SOURCE = `"""Puts the bottleneck adapters of a folder in AdapterHub's format into a model."""

import os

import torch


def with_bottlenecks(network, folder, adapter):
    if adapter["model_type"] == "resnet":
        return with_convolutions(network, folder, adapter)
    import adapters

    adapters.init(network)
    network.load_adapter(folder, use_safetensors=True, set_active=True)
    return network


class Bottleneck(torch.nn.Module):
    """Of images: convolutions of one pixel."""

    def __init__(self, channels, narrow, activation):
        super().__init__()
        down = torch.nn.Conv2d(channels, narrow, 1)
        self.adapter_down = torch.nn.Sequential(down, activation)
        self.adapter_up = torch.nn.Conv2d(narrow, channels, 1)

    def forward(self, x):
        return self.adapter_up(self.adapter_down(x))


def with_convolutions(network, folder, adapter):
    from safetensors.torch import load_file
    from transformers.activations import ACT2FN

    files = [os.path.join(folder, name) for name in ("adapter.safetensors", "model_head.safetensors")]
    tensors = {name: value for file in files if os.path.exists(file) for name, value in load_file(file).items()}
    config, name = adapter["config"], adapter["name"]
    for path, layer in list(network.named_modules()):
        down = tensors.get(f"{path}.output_adapters.adapters.{name}.adapter_down.0.weight")
        if down is not None:
            narrow, channels = down.shape[:2]
            bottleneck = Bottleneck(channels, narrow, ACT2FN[config["non_linearity"]])
            put_into(layer, name, bottleneck, config["original_ln_before"])
    unknown = network.load_state_dict(tensors, strict=False).unexpected_keys
    if unknown:
        raise ValueError(f"the adapter in {folder} has weights that the model has no place for: {unknown}")
    return network


def put_into(layer, name, bottleneck, sees_sum):
    """layer: one of a ResNet, whose input goes around it; sees_sum: the bottleneck sees that, too."""
    layer.output_adapters = torch.nn.ModuleDict({"adapters": torch.nn.ModuleDict({name: bottleneck})})

    def forward(x):
        inner, around = layer.layer(x), layer.shortcut(x)
        seen = inner + around if sees_sum else inner
        return layer.activation(inner + bottleneck(seen) + around)

    layer.forward = forward
`;
