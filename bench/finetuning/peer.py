"""The peer: the same steps in PyTorch with transformers, PEFT and bitsandbytes. Reads the setting as JSON from its argument."""

import contextlib
import json
import resource
import statistics
import sys
import time

started = time.perf_counter()

import torch
from torch import nn

setting = json.loads(sys.argv[1])
compiled = "--compile" in sys.argv
torch.manual_seed(42)
rows, width, labels = setting["rows"], setting["width"], setting["labels"]
config = {key: value for key, value in setting["config"].items() if key != "model_type"}
kind = setting["config"]["model_type"]


def make_model() -> nn.Module:
    if kind == "bert":
        from transformers import BertConfig, BertForSequenceClassification

        return BertForSequenceClassification(BertConfig(num_labels=labels, **config))
    if kind == "gpt2":
        from transformers import GPT2Config, GPT2LMHeadModel

        return GPT2LMHeadModel(GPT2Config(**config))
    from transformers import ResNetConfig, ResNetForImageClassification

    return ResNetForImageClassification(ResNetConfig(num_labels=labels, **config))


def quantize(model: nn.Module, skip: tuple[str, ...]) -> None:
    """Every linear layer's weight to NF4 with double quantization, as transformers' bitsandbytes integration does it."""
    import bitsandbytes as bnb
    from transformers.pytorch_utils import Conv1D

    for path, module in list(model.named_modules()):
        if not isinstance(module, (nn.Linear, Conv1D)) or path.split(".")[-1] in skip:
            continue
        weight = module.weight.data if isinstance(module, nn.Linear) else module.weight.data.T.contiguous()
        layer = bnb.nn.Linear4bit(
            weight.shape[1], weight.shape[0], bias=module.bias is not None, compute_dtype=torch.float32,
            compress_statistics=True, quant_type="nf4",
        )
        layer.weight = bnb.nn.Params4bit(weight, requires_grad=False, compress_statistics=True, quant_type="nf4")
        if module.bias is not None:
            layer.bias = module.bias
        parent = model.get_submodule(path.rpartition(".")[0])
        setattr(parent, path.split(".")[-1], layer.to("cpu"))


class Bottleneck(nn.Module):
    """A layer's output, with a Pfeiffer adapter (reduction 16, relu) added to it."""

    def __init__(self, layer: nn.Module, hidden: int):
        super().__init__()
        self.layer, self.down, self.up = layer, nn.Linear(hidden, hidden // 16), nn.Linear(hidden // 16, hidden)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        output = self.layer(x)
        return output + self.up(torch.relu(self.down(output)))


def with_method(model: nn.Module) -> nn.Module:
    method, finetuning = setting["method"], setting["finetuning"]
    if method == "full":
        return model
    if method == "adapter":
        for parameter in model.parameters():
            parameter.requires_grad_(False)
        if kind == "bert":
            hidden = config["hidden_size"]
            for layer in model.bert.encoder.layer:
                layer.output.dense = Bottleneck(layer.output.dense, hidden)
        elif kind == "gpt2":
            for block in model.transformer.h:
                block.mlp.c_proj = Bottleneck(block.mlp.c_proj, config["n_embd"])
        else:
            raise SystemExit("no library has adapters for ResNet")
        for name in finetuning["modules_to_save"]:
            for parameter in model.get_submodule(name).parameters():
                parameter.requires_grad_(True)
        return model
    from peft import LoraConfig, get_peft_model

    if method == "qlora":
        quantize(model, ("lm_head", *finetuning["modules_to_save"]))
    return get_peft_model(
        model,
        LoraConfig(
            r=finetuning["lora_r"], lora_alpha=finetuning["lora_alpha"], lora_dropout=finetuning["lora_dropout"],
            target_modules=finetuning["target_modules"], modules_to_save=finetuning["modules_to_save"] or None,
            fan_in_fan_out=kind == "gpt2" and method == "lora",
        ),
    )


model = with_method(make_model())
model.train()
if kind == "resnet" and setting["method"] != "full":
    # A frozen base keeps its statistics, as on the other side.
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=setting["learningRate"], weight_decay=setting["weightDecay"])
if kind == "resnet":
    batch = {"pixel_values": torch.rand(rows, 3, width, width) * 2 - 1, "labels": torch.arange(rows) % labels}
else:
    ids = torch.randint(0, config["vocab_size"], (rows, width))
    batch = {"input_ids": ids, "attention_mask": torch.ones(rows, width, dtype=torch.long)}
    batch["labels"] = ids if kind == "gpt2" else torch.arange(rows) % labels
half = (
    torch.autocast("cpu", dtype=torch.bfloat16) if setting["precision"] == "bfloat16" else contextlib.nullcontext()
)
forward = torch.compile(model) if compiled else model
seconds, losses, first, first_cpu, warm_cpu = [], [], 0.0, 0.0, 0.0
for step in range(1, setting["steps"] + 1):
    before = time.perf_counter()
    with half:
        loss = forward(**batch).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, setting["maxGradNorm"])
    optimizer.step()
    optimizer.zero_grad()
    losses.append(loss.item())
    if step == 1:
        first, first_cpu = time.perf_counter() - started, time.process_time()
    if step == setting["warmUp"]:
        warm_cpu = time.process_time()
    if step > setting["warmUp"]:
        seconds.append(time.perf_counter() - before)
print(
    json.dumps(
        {
            "secondsPerStep": statistics.median(seconds),
            "cpuPerStep": (time.process_time() - warm_cpu) / (setting["steps"] - setting["warmUp"]),
            "secondsToFirstStep": first,
            "cpuToFirstStep": first_cpu,
            "peakMemory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "firstLoss": losses[0],
            "lastLoss": losses[-1],
        }
    )
)
