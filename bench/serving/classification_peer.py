"""The peer: FastAPI over PyTorch and transformers, as their guides put them together. Arguments: the model's folder, the port."""

import sys

import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from transformers import AutoModelForSequenceClassification, AutoTokenizer

folder, port = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
app = FastAPI()


class Request(BaseModel):
    inputs: list[str]


@app.post("/v1/classify")
def classify(request: Request) -> dict:
    with torch.inference_mode():
        encoded = tokenizer(request.inputs, padding=True, truncation=True, return_tensors="pt")
        scores, labels = model(**encoded).logits.softmax(-1).max(-1)
    names = model.config.id2label
    return {
        "predictions": [
            {"label": names[label], "score": score}
            for label, score in zip(labels.tolist(), scores.tolist(), strict=True)
        ]
    }


uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error", access_log=False)
