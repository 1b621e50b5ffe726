"""Prints what transformers reads, computes and generates with a finetuned GPT-2's folder, as JSON.

    python gpt2_predicts.py <best_model> <texts.json> <new tokens>
"""

import json
import sys

import torch
from transformers import AutoTokenizer, GPT2LMHeadModel

folder, texts_file, new_tokens = sys.argv[1:]
with open(texts_file) as file:
    texts = json.load(file)
model, info = GPT2LMHeadModel.from_pretrained(folder, output_loading_info=True, attn_implementation="eager")
model.eval()
tokenizer = AutoTokenizer.from_pretrained(folder)
result = {"problems": [str(key) for kind in info.values() for key in kind],
          "ends": model.generation_config.eos_token_id, "ids": [], "logits": [], "greedy": []}
for text in texts:
    inputs = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        result["logits"].append(model(**inputs).logits[0].tolist())
        ids = model.generate(**inputs, do_sample=False, max_new_tokens=int(new_tokens), eos_token_id=0, pad_token_id=0)
    result["ids"].append(inputs.input_ids[0].tolist())
    said = ids[0, inputs.input_ids.shape[1]:].tolist()
    result["greedy"].append(tokenizer.decode(said[: said.index(0)] if 0 in said else said))
print(json.dumps(result))
