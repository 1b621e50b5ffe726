"""Prints what transformers makes of finetuned BERTs with other heads, as JSON, and saves each model as transformers does.

    python heads_predict.py <jobs.json>

A job: model, adapter (or null), labels, problem, rows of text and text_pair, max_length, saved (a folder).
"""

import json
import sys

import torch
from peft import PeftModel
from tokenizers import Tokenizer
from transformers import BertForSequenceClassification

with open(sys.argv[1]) as file:
    jobs = json.load(file)
answers = []
for job in jobs:
    if job["adapter"]:
        base = BertForSequenceClassification.from_pretrained(
            job["model"], num_labels=len(job["labels"]), problem_type=job["problem"], ignore_mismatched_sizes=True,
            id2label=dict(enumerate(job["labels"])), label2id={name: at for at, name in enumerate(job["labels"])},
        )
        model = PeftModel.from_pretrained(base, job["adapter"]).merge_and_unload()
    else:
        model = BertForSequenceClassification.from_pretrained(job["model"])
    model.eval()
    tokenizer = Tokenizer.from_file(f"{job['adapter'] or job['model']}/tokenizer.json")
    tokenizer.enable_truncation(max_length=job["max_length"], strategy="longest_first")
    logits, encodings = [], []
    for row in job["rows"]:
        pair = [row["text"], row["text_pair"]] if row.get("text_pair") else [row["text"]]
        encoded = tokenizer.encode(*pair)
        encodings.append({"ids": encoded.ids, "types": encoded.type_ids})
        with torch.no_grad():
            ids, types = torch.tensor([encoded.ids]), torch.tensor([encoded.type_ids])
            logits.append(model(input_ids=ids, token_type_ids=types).logits[0].tolist())
    targets = torch.tensor(job["targets"], dtype=torch.float32)
    # What transformers calls the loss of these logits, with the head that config.json describes.
    loss = model.loss_function(labels=targets, pooled_logits=torch.tensor(logits), config=model.config).item()
    answers.append({
        "problem": model.config.problem_type, "labels": [model.config.id2label[at] for at in range(len(job["labels"]))],
        "encodings": encodings, "logits": logits, "loss": loss,
    })
    model.save_pretrained(job["saved"])
print(json.dumps(answers))
