"""Prints loss, gradients and their norm of one batch of a model, by PyTorch in float32 and under autocast, as JSON.

    python torch_passes.py <model> <batch.json> [PEFT folder]

The batch has what the model is fed, pictures as [rows, height, width, channels], and `labels` of the logits in their order, of which
-100 does not count. With an adapter, only what it trains has gradients, and under autocast what it leaves as it is is kept in bfloat16.
"""

import json
import sys

import torch
from peft import PeftModel
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForImageClassification,
    AutoModelForSequenceClassification,
)

folder, batch_file, *adapter = sys.argv[1:]
with open(batch_file) as file:
    batch = json.load(file)
kind = AutoConfig.from_pretrained(folder).model_type
classes = {
    "bert": AutoModelForSequenceClassification,
    "gpt2": AutoModelForCausalLM,
    "resnet": AutoModelForImageClassification,
}
labels = torch.tensor(batch.pop("labels"))
if kind == "resnet":
    inputs = {"pixel_values": torch.tensor(batch["pixel_values"]).permute(0, 3, 1, 2).contiguous()}
else:
    inputs = {name: torch.tensor(values) for name, values in batch.items()}
    inputs["attention_mask"] = inputs["attention_mask"].long()


def one_pass(narrow: bool) -> dict:
    dtype = torch.bfloat16 if narrow and adapter else torch.float32
    model = classes[kind].from_pretrained(folder, attn_implementation="eager", dtype=dtype)
    if adapter:
        model = PeftModel.from_pretrained(model, adapter[0], is_trainable=True)
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.float()
    # Norms of a ResNet work with the batch's statistics; dropout is off.
    model.train(kind == "resnet")
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=narrow):
        logits = model(**inputs).logits
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]).float(), labels)
    loss.backward()
    gradients = {name: p.grad.flatten().tolist() for name, p in model.named_parameters() if p.requires_grad}
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    return {"loss": loss.item(), "norm": norm.item(), "gradients": gradients}


print(json.dumps({"float32": one_pass(False), "autocast": one_pass(True)}))
