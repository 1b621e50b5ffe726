"""Prints the logits of adapters over their bases, as PEFT loads them, and of the merged models, as transformers does.

    python peft_loads.py <jobs.json>

A job has the folders `base`, `adapter` and `merged`, the number of labels, and `input_ids`, rows of one length.
"""

import json
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

with open(sys.argv[1]) as file:
    jobs = json.load(file)
answers = []
for job in jobs:
    labels = {"num_labels": job["labels"], "ignore_mismatched_sizes": True} if job["labels"] else {}
    auto = AutoModelForSequenceClassification if job["labels"] else AutoModelForCausalLM
    with_adapter = PeftModel.from_pretrained(auto.from_pretrained(job["base"], **labels), job["adapter"]).eval()
    merged = auto.from_pretrained(job["merged"]).eval()
    ids = torch.tensor(job["input_ids"])
    with torch.no_grad():
        answers.append([model(input_ids=ids).logits.flatten().tolist() for model in (with_adapter, merged)])
print(json.dumps(answers))
