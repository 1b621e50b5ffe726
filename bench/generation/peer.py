"""The peer: transformers' generate, greedily, with its key-value cache. Reads the setting as JSON from its argument."""

import json
import resource
import sys
import time

import torch
from transformers import GPT2Config, GPT2LMHeadModel

setting = json.loads(sys.argv[1])
torch.manual_seed(42)
config = {key: value for key, value in setting["config"].items() if key != "model_type"}
model = GPT2LMHeadModel(GPT2Config(**config)).eval()
rows, length, new = setting["rows"], setting["promptTokens"], setting["newTokens"]
prompts = torch.randint(0, config["vocab_size"], (rows, length))
marks: list[tuple[float, float]] = []


def mark(*_) -> None:
    marks.append((time.perf_counter(), time.process_time()))


# After each pass over the model, as on the other side.
model.register_forward_hook(mark)


def generate() -> torch.Tensor:
    return model.generate(
        prompts, attention_mask=torch.ones_like(prompts), do_sample=False, use_cache=True,
        min_new_tokens=new, max_new_tokens=new, pad_token_id=0,
    )


with torch.inference_mode():
    generate()
    marks.clear()
    mark()
    result = generate()
    mark()
start, first, last = marks[0], marks[1], marks[-1]
print(
    json.dumps(
        {
            "secondsPerToken": (last[0] - first[0]) / (new - 1),
            "cpuPerToken": (last[1] - first[1]) / (new - 1),
            "secondsOfPrompt": first[0] - start[0],
            "peakMemory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "tokens": int(rows * (result.shape[1] - length)),
        }
    )
)
