"""Prints the logits that the adapters library computes with a finetuned model's folder, as JSON.

    python adapterhub_predicts.py <base model> <best_model> <texts.json, of a GPT-2 rows of as many token ids>
"""

import json
import sys

import adapters
import torch
from tokenizers import Tokenizer
from transformers import AutoConfig, BertForSequenceClassification, GPT2LMHeadModel, PreTrainedModel

base_folder, adapter_folder, texts_file = sys.argv[1:]
with open(texts_file) as file:
    texts = json.load(file)


def load(model: PreTrainedModel) -> PreTrainedModel:
    adapters.init(model)
    info = {}
    name = model.load_adapter(adapter_folder, use_safetensors=True, set_active=True, loading_info=info)
    assert info["missing_keys"] == [] and info["unexpected_keys"] == [], info
    assert model.active_adapters is not None and name in model.active_adapters.flatten(), model.active_adapters
    return model.eval()


def classifier_logits() -> torch.Tensor:
    with open(f"{adapter_folder}/labels.json") as file:
        labels = json.load(file)
    sizes = {"num_labels": len(labels), "ignore_mismatched_sizes": True}
    model = load(BertForSequenceClassification.from_pretrained(base_folder, **sizes))
    assert [model.config.id2label[index] for index in range(len(labels))] == labels, model.config.id2label
    tokenizer = Tokenizer.from_file(f"{adapter_folder}/tokenizer.json")
    tokenizer.enable_padding()
    tokenizer.enable_truncation(max_length=model.config.max_position_embeddings)
    encoded = tokenizer.encode_batch(texts)
    ids = torch.tensor([e.ids for e in encoded])
    return model(input_ids=ids, attention_mask=torch.tensor([e.attention_mask for e in encoded])).logits


def next_token_logits() -> torch.Tensor:
    return load(GPT2LMHeadModel.from_pretrained(base_folder))(input_ids=torch.tensor(texts)).logits


with torch.no_grad():
    is_gpt2 = AutoConfig.from_pretrained(base_folder).model_type == "gpt2"
    logits = next_token_logits() if is_gpt2 else classifier_logits()
print(json.dumps(logits.flatten().tolist()))
