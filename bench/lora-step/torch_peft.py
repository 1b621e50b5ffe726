"""The peer: the same step in PyTorch (eager) with transformers and PEFT. Reads the setting as JSON from its argument."""

import json
import resource
import statistics
import sys
import time

started = time.perf_counter()

import torch
from peft import LoraConfig, get_peft_model
from transformers import BertConfig, BertForSequenceClassification

setting = json.loads(sys.argv[1])
torch.manual_seed(42)
config = {key: value for key, value in setting["config"].items() if key != "model_type"}
model = BertForSequenceClassification(BertConfig(num_labels=setting["labels"], **config))
model = get_peft_model(
    model,
    LoraConfig(
        task_type="SEQ_CLS",
        r=setting["rank"],
        lora_alpha=setting["alpha"],
        lora_dropout=setting["dropout"],
        target_modules=["query", "value"],
    ),
)
model.train()
trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=setting["learningRate"], weight_decay=setting["weightDecay"])
rows, width = setting["rows"], setting["width"]
batch = {
    "input_ids": torch.randint(0, config["vocab_size"], (rows, width)),
    "attention_mask": torch.ones(rows, width, dtype=torch.long),
    "labels": torch.arange(rows) % setting["labels"],
}
seconds, losses, first = [], [], 0.0
for step in range(1, setting["steps"] + 1):
    before = time.perf_counter()
    loss = model(**batch).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, setting["maxGradNorm"])
    optimizer.step()
    optimizer.zero_grad()
    losses.append(loss.item())
    if step == 1:
        first = time.perf_counter() - started
    if step > setting["warmUp"]:
        seconds.append(time.perf_counter() - before)
print(
    json.dumps(
        {
            "secondsPerStep": statistics.median(seconds),
            "secondsToFirstStep": first,
            "peakMemory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "firstLoss": losses[0],
            "lastLoss": losses[-1],
        }
    )
)
