"""Prints what transformers makes of conversations with chat templates, as JSON, and saves a tokenizer with each.

    python chat_templates.py <folder of tokenizer.json> <folder of templates> <conversations.json> <output folder>

Of each template and conversation: text, ids, prompt and prompt_ids, and which ids the assistant says, by transformers' own
mask where the template has {% generation %}, and else by the characters between the prompts and what follows them. Or error.
"""

import json
import sys
from pathlib import Path

from jinja2.exceptions import TemplateError
from transformers import PreTrainedTokenizerFast

tokens, templates, conversations, output = sys.argv[1:]
SPECIAL = ["<|eot_id|>", "<|im_start|>", "<|im_end|>", "<start_of_turn>", "<end_of_turn>", "<|start_header_id|>", "<|end_header_id|>"]


def said(tokenizer: PreTrainedTokenizerFast, messages: list[dict], text: str) -> list[int]:
    offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    mask = [0] * len(offsets)
    for at, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        start = len(tokenizer.apply_chat_template(messages[:at], tokenize=False, add_generation_prompt=True))
        end = len(tokenizer.apply_chat_template(messages[: at + 1], tokenize=False))
        for index, (first, last) in enumerate(offsets):
            if first < end and last > start:
                mask[index] = 1
    return mask


def answer(tokenizer: PreTrainedTokenizerFast, messages: list[dict]) -> dict:
    try:
        text = tokenizer.apply_chat_template(messages, tokenize=False)
    except TemplateError as error:
        return {"error": str(error)}
    if "{% generation" in tokenizer.chat_template or "{%- generation" in tokenizer.chat_template:
        mask = tokenizer.apply_chat_template(messages, return_dict=True, return_assistant_tokens_mask=True)["assistant_masks"]
    else:
        mask = said(tokenizer, messages, text)
    asked = messages[:-1] if messages[-1]["role"] == "assistant" else messages
    return {
        "text": text,
        "ids": tokenizer.apply_chat_template(messages, return_dict=True)["input_ids"],
        "mask": mask,
        "prompt": tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True),
        "prompt_ids": tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_dict=True)["input_ids"],
    }


answers = {}
for path in sorted(Path(templates).glob("*.jinja")):
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=f"{tokens}/tokenizer.json", bos_token="<|endoftext|>", eos_token="<|endoftext|>",
    )
    tokenizer.add_tokens(SPECIAL, special_tokens=True)
    tokenizer.chat_template = path.read_text()
    tokenizer.save_pretrained(f"{output}/{path.stem}")
    answers[path.stem] = [answer(tokenizer, each) for each in json.loads(Path(conversations).read_text())]
print(json.dumps(answers))
