/**
 * What MLflow imports to load a text classifier of ours, kept beside it as `code/reprise_model.py`: a whole model in
 * transformers' layout, or an adapter in PEFT's over a base that lies beside it or on the Hugging Face hub.
 */
export const LOADER_MODULE = 'reprise_model';

export const LOADER_SOURCE = `"""A text classifier that \`reprise finetune\` made, for mlflow.pyfunc."""

import json
import os

import pandas as pd
import torch
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

ROWS_AT_ONCE = 64


class TextClassifier:
    def __init__(self, model, tokenizer, labels):
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.labels = labels
        self.longest = model.config.max_position_embeddings

    def predict(self, model_input, params=None):
        """A frame with a column text, or texts: each one's label, and how likely the model takes it to be."""
        texts = model_input["text"] if isinstance(model_input, pd.DataFrame) else model_input
        texts = [str(text) for text in texts]
        answers = []
        for start in range(0, len(texts), ROWS_AT_ONCE):
            batch = self.tokenizer(
                texts[start : start + ROWS_AT_ONCE],
                padding=True,
                truncation=True,
                max_length=self.longest,
                return_tensors="pt",
            )
            with torch.no_grad():
                likely = self.model(**batch).logits.softmax(dim=-1)
            confidence, best = likely.max(dim=-1)
            answers += [(self.labels[i], p) for i, p in zip(best.tolist(), confidence.tolist())]
        return pd.DataFrame(answers, columns=["label", "confidence"])


def _load_pyfunc(path, model_config=None):
    model_dir = os.path.join(path, "model")
    if not os.path.exists(os.path.join(model_dir, "adapter_config.json")):
        model = AutoModelForSequenceClassification.from_pretrained(model_dir)
        labels = [model.config.id2label[i] for i in range(model.config.num_labels)]
        return TextClassifier(model, AutoTokenizer.from_pretrained(model_dir), labels)

    from peft import PeftModel

    with open(os.path.join(model_dir, "labels.json"), encoding="utf-8") as file:
        labels = json.load(file)
    with open(os.path.join(model_dir, "adapter_config.json"), encoding="utf-8") as file:
        adapter = json.load(file)
    beside = os.path.join(path, "base")
    if os.path.exists(beside):
        base, options = beside, {}
    else:
        base, options = adapter["base_model_name_or_path"], {"revision": adapter.get("revision") or "main"}
    config = AutoConfig.from_pretrained(base, num_labels=len(labels), **options)
    model = AutoModelForSequenceClassification.from_pretrained(
        base, config=config, ignore_mismatched_sizes=True, **options
    )
    return TextClassifier(
        PeftModel.from_pretrained(model, model_dir), AutoTokenizer.from_pretrained(base, **options), labels
    )
`;
