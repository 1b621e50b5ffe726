/** Heads over texts: one of the labels, any number of them, or numbers. */
export const TEXTS_SOURCE = `"""A model that says something of a text, or of two."""

import pandas as pd
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from .network import open_network, read_json

ROWS_AT_ONCE = 64


class TextModel:
    def __init__(self, folder, base):
        self.labels = read_json(folder, "labels.json")
        self.problem = read_json(folder, "config.json").get("problem_type")
        self.network = open_network(AutoModelForSequenceClassification, folder, base, len(self.labels))
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.longest = self.network.config.max_position_embeddings

    def predict(self, model_input, params=None):
        """A frame with a column text, and perhaps text_pair; or texts. A frame of what the model says of each."""
        rows = rows_of(model_input)
        logits = [self.logits(rows[start : start + ROWS_AT_ONCE]) for start in range(0, len(rows), ROWS_AT_ONCE)]
        logits = torch.cat(logits) if logits else torch.empty(0, len(self.labels))
        if self.problem == "regression":
            names = ["prediction"] if len(self.labels) == 1 else self.labels
            return pd.DataFrame(logits.double().numpy(), columns=names)
        if self.problem == "multi_label_classification":
            return several_labels(logits, self.labels)
        return one_label(logits, self.labels)

    @torch.no_grad()
    def logits(self, rows):
        encoded = [
            self.tokenizer(text, text_pair=pair, truncation=True, max_length=self.longest) for text, pair in rows
        ]
        return self.network(**self.tokenizer.pad(encoded, return_tensors="pt")).logits.float()


def rows_of(model_input):
    if not isinstance(model_input, pd.DataFrame):
        return [(str(text), None) for text in model_input]
    pairs = model_input["text_pair"] if "text_pair" in model_input else [None] * len(model_input)
    return [(str(text), None if pd.isna(pair) else str(pair)) for text, pair in zip(model_input["text"], pairs)]


def one_label(logits, labels):
    """The likeliest label, and how likely the model takes it to be."""
    confidence, best = logits.softmax(dim=-1).max(dim=-1)
    return pd.DataFrame({"label": [labels[i] for i in best.tolist()], "confidence": confidence.double().numpy()})


def several_labels(logits, labels):
    """The labels that are likelier than not, and how likely each is."""
    scores = logits.sigmoid().tolist()
    return pd.DataFrame(
        {
            "labels": [[label for label, score in zip(labels, row) if score > 0.5] for row in scores],
            "scores": [dict(zip(labels, row)) for row in scores],
        }
    )
`;
