"""Makes the model that both sides serve: MiniLM with a new head for 26 labels. Arguments: the pretrained folder, the folder to write."""

import sys

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

base, folder = sys.argv[1:]
torch.manual_seed(42)
AutoModelForSequenceClassification.from_pretrained(base, num_labels=26).save_pretrained(folder)
AutoTokenizer.from_pretrained(base).save_pretrained(folder)
