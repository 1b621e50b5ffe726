"""Prints the logits that transformers and PEFT compute with a finetuned model's folder, as JSON.

    python peft_predicts.py <base model> <best_model> <texts.json>
"""

import json
import sys

import torch
from peft import PeftModel
from tokenizers import Tokenizer
from transformers import BertForSequenceClassification

base_folder, adapter_folder, texts_file = sys.argv[1:]
with open(f"{adapter_folder}/labels.json") as file:
    labels = json.load(file)
with open(texts_file) as file:
    texts = json.load(file)
base = BertForSequenceClassification.from_pretrained(base_folder, num_labels=len(labels), ignore_mismatched_sizes=True)
model = PeftModel.from_pretrained(base, adapter_folder).eval()
tokenizer = Tokenizer.from_file(f"{adapter_folder}/tokenizer.json")
tokenizer.enable_padding()
tokenizer.enable_truncation(max_length=base.config.max_position_embeddings)
encoded = tokenizer.encode_batch(texts)
with torch.no_grad():
    logits = model(
        input_ids=torch.tensor([e.ids for e in encoded]),
        attention_mask=torch.tensor([e.attention_mask for e in encoded]),
    ).logits
print(json.dumps(logits.tolist()))
