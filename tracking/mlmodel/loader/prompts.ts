/**
 * Goes on from prompts as `finetuning/models/generation` does: the likeliest token at each place gives the same texts. Prompts of
 * one length go together, so that no padding stands before a prompt and none loses its room to a longer one.
 */
export const PROMPTS_SOURCE = `"""A model that goes on from a prompt, or answers in a conversation."""

from itertools import groupby

import pandas as pd
import torch
from transformers import (
    AutoModelForCausalLM,
    GenerationConfig,
    PreTrainedTokenizerFast,
    StoppingCriteria,
    StoppingCriteriaList,
)

from .network import open_network

ROWS_AT_ONCE = 16
DEFAULTS = {"max_new_tokens": 128, "temperature": 0.0, "top_k": 0, "top_p": 1.0, "seed": 0}
PROBE = "reprise-asks-where-a-turn-ends"
# What a conversation is laid out with where the tokenizer does not say it.
CHATML = (
    "{%- for message in messages -%}"
    "{%- set ends = '' if loop.last and not add_generation_prompt else '\\\\n' -%}"
    "{{- '<|im_start|>' + message['role'] + '\\\\n' + message['content'] + '<|im_end|>' + ends -}}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\\\n' -}}{%- endif -%}"
)


class PromptModel:
    def __init__(self, folder, base):
        self.network = open_network(AutoModelForCausalLM, folder, base)
        self.room = self.network.config.max_position_embeddings
        self.tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
        self.end = self.tokenizer.get_vocab().get(self.tokenizer.eos_token or "<|endoftext|>")

    def predict(self, model_input, params=None):
        """A frame with a column prompt or messages, or prompts. A frame of the texts, and why each ended: stop or length."""
        settings = {**DEFAULTS, **(params or {})}
        torch.manual_seed(settings["seed"])
        prompts = [self.prompt(row, number) for number, row in enumerate(rows_of(model_input))]
        order = sorted(range(len(prompts)), key=lambda number: (len(prompts[number][0]), prompts[number][1]))
        answers = [None] * len(prompts)
        for (length, mark), group in groupby(order, key=lambda number: (len(prompts[number][0]), prompts[number][1])):
            numbers = list(group)
            for start in range(0, len(numbers), ROWS_AT_ONCE):
                some = numbers[start : start + ROWS_AT_ONCE]
                texts = self.go_on([prompts[number][0] for number in some], mark, settings)
                for number, answer in zip(some, texts):
                    answers[number] = answer
        return pd.DataFrame(answers, columns=["prediction", "finish_reason"])

    def prompt(self, row, number):
        """Ids, and what ends a turn besides the model's own token."""
        text, mark = row if isinstance(row, str) else self.laid_out(row), ""
        if not isinstance(row, str):
            whole = self.laid_out([*row, {"role": "assistant", "content": PROBE}], asks=False)
            mark = whole.rpartition(PROBE)[2].strip()
        ids = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        if not 0 < len(ids) < self.room:
            raise ValueError(f"row {number}: a prompt has 1 to {self.room - 1} tokens, and this one {len(ids)}")
        return ids, mark

    def laid_out(self, messages, asks=True):
        template = None if self.tokenizer.chat_template else CHATML
        return self.tokenizer.apply_chat_template(
            messages, chat_template=template, add_generation_prompt=asks, tokenize=False
        )

    @torch.no_grad()
    def go_on(self, prompts, mark, settings):
        ids = torch.tensor(prompts)
        length = ids.shape[1]
        drawn = {name: settings[name] for name in ("temperature", "top_k", "top_p")}
        config = GenerationConfig(
            max_new_tokens=min(settings["max_new_tokens"], self.room - length),
            do_sample=settings["temperature"] > 0,
            eos_token_id=self.end,
            pad_token_id=self.end or 0,
            **(drawn if settings["temperature"] > 0 else {}),
        )
        stops = StoppingCriteriaList([EndOfTurn(self.tokenizer, mark, length)] if mark else [])
        made = self.network.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), generation_config=config, stopping_criteria=stops
        )
        return [self.answer(row, mark) for row in made[:, length:].tolist()]

    def answer(self, ids, mark):
        ended = self.end in ids
        if ended:
            ids = ids[: ids.index(self.end)]
        text = self.decoded(ids, True)
        if mark and mark in text:
            return text[: text.index(mark)], "stop"
        return self.decoded(ids, False), "stop" if ended else "length"

    def decoded(self, ids, special):
        return self.tokenizer.decode(ids, skip_special_tokens=not special, clean_up_tokenization_spaces=False)


class EndOfTurn(StoppingCriteria):
    def __init__(self, tokenizer, mark, length):
        self.tokenizer, self.mark, self.length = tokenizer, mark, length
        self.longest = len(mark.encode()) + 1

    def __call__(self, input_ids, scores, **kwargs):
        last = input_ids[:, self.length :][:, -self.longest :].tolist()
        return torch.tensor([self.mark in self.tokenizer.decode(ids) for ids in last], device=input_ids.device)


def rows_of(model_input):
    """Texts, and conversations as lists of messages."""
    if not isinstance(model_input, pd.DataFrame):
        return [row if isinstance(row, str) else list(row) for row in model_input]
    if not {"prompt", "messages"} & set(model_input.columns):
        raise ValueError("what is asked has neither a column prompt nor messages")
    rows = []
    for number, row in enumerate(model_input.to_dict("records")):
        messages, prompt = row.get("messages"), row.get("prompt")
        if isinstance(prompt, str):
            rows.append(prompt)
        elif messages is not None and not isinstance(messages, float):
            rows.append(list(messages))
        else:
            raise ValueError(f"row {number} has neither prompt nor messages")
    return rows
`;
