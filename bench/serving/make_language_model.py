"""Makes the model that both sides go on with: DistilGPT-2's shape and random weights, and a tokenizer of as many words. Argument: the folder to write."""

import sys
from itertools import product
from string import ascii_lowercase

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

(folder,) = sys.argv[1:]
torch.manual_seed(42)
config = GPT2Config(n_layer=6, bos_token_id=None, eos_token_id=None)
GPT2LMHeadModel(config).save_pretrained(folder)
# Bytes, by which prompts are read, and words of their own for the other ids, so that what is drawn is text.
words = [*sorted(pre_tokenizers.ByteLevel.alphabet())]
words += ["Ġ" + "".join(letters) for letters in product(ascii_lowercase, repeat=4)][: config.vocab_size - len(words)]
tokenizer = Tokenizer(models.BPE(vocab={word: at for at, word in enumerate(words)}, merges=[]))
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=config.n_positions).save_pretrained(folder)
