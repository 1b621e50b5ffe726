"""Prints the logits that the adapters library computes with a finetuned model's folder, as JSON.

    python adapterhub_predicts.py <base model> <best_model> <texts.json>
"""

import json
import sys

import adapters
import torch
from tokenizers import Tokenizer
from transformers import BertForSequenceClassification

base_folder, adapter_folder, texts_file = sys.argv[1:]
with open(f"{adapter_folder}/labels.json") as file:
    labels = json.load(file)
with open(texts_file) as file:
    texts = json.load(file)
model = BertForSequenceClassification.from_pretrained(base_folder, num_labels=len(labels), ignore_mismatched_sizes=True)
adapters.init(model)
info = {}
name = model.load_adapter(adapter_folder, use_safetensors=True, set_active=True, loading_info=info)
assert info["missing_keys"] == [] and info["unexpected_keys"] == [], info
assert model.active_adapters is not None and name in model.active_adapters.flatten(), model.active_adapters
assert [model.config.id2label[index] for index in range(len(labels))] == labels, model.config.id2label
model.eval()
tokenizer = Tokenizer.from_file(f"{adapter_folder}/tokenizer.json")
tokenizer.enable_padding()
tokenizer.enable_truncation(max_length=model.config.max_position_embeddings)
encoded = tokenizer.encode_batch(texts)
with torch.no_grad():
    logits = model(
        input_ids=torch.tensor([e.ids for e in encoded]),
        attention_mask=torch.tensor([e.attention_mask for e in encoded]),
    ).logits
print(json.dumps(logits.tolist()))
