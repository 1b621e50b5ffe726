"""Prints the logits that transformers computes with a finetuned ResNet's folder, as JSON: for pictures, made ready by its
own image processor, and for pixels [rows, side, side, 3] that were made ready elsewhere.

    python resnet_predicts.py <best_model> <inputs.json>
"""

import json
import sys

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoModelForImageClassification

folder, inputs_file = sys.argv[1:]
with open(inputs_file) as file:
    inputs = json.load(file)
pictures = [Image.open(path).convert("RGB") for path in inputs["pictures"]]
pixels = torch.tensor(inputs["pixels"]).reshape(len(pictures), inputs["side"], inputs["side"], 3).permute(0, 3, 1, 2)
model, loading = AutoModelForImageClassification.from_pretrained(folder, output_loading_info=True)
processor = AutoImageProcessor.from_pretrained(folder)
with torch.no_grad():
    of_pictures = model.eval()(**processor(images=pictures, return_tensors="pt")).logits
    of_pixels = model(pixel_values=pixels).logits
labels = [model.config.id2label[index] for index in range(model.config.num_labels)]
missing = sorted([*loading["missing_keys"], *loading["unexpected_keys"], *map(str, loading["mismatched_keys"])])
print(json.dumps({
    "labels": labels, "missing": missing, "of_pictures": of_pictures.tolist(), "of_pixels": of_pixels.tolist(),
}))
