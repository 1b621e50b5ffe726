"""Prints the logits that transformers computes for pictures with a finetuned ResNet's folder, as JSON.

    python resnet_predicts.py <best_model> <pictures.json>
"""

import json
import sys

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoModelForImageClassification

folder, pictures_file = sys.argv[1:]
with open(pictures_file) as file:
    pictures = [Image.open(path).convert("RGB") for path in json.load(file)]
model, loading = AutoModelForImageClassification.from_pretrained(folder, output_loading_info=True)
processor = AutoImageProcessor.from_pretrained(folder)
with torch.no_grad():
    logits = model.eval()(**processor(images=pictures, return_tensors="pt")).logits
labels = [model.config.id2label[index] for index in range(model.config.num_labels)]
missing = sorted([*loading["missing_keys"], *loading["unexpected_keys"], *map(str, loading["mismatched_keys"])])
print(json.dumps({"labels": labels, "missing": missing, "logits": logits.tolist()}))
