"""The peer: FastAPI streaming from transformers, as their guides put them together. Arguments: the model's folder, the port."""

import json
import sys
from threading import Thread

import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from transformers import AutoModelForCausalLM, AutoTokenizer, TextIteratorStreamer

folder, port = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder).eval()
app = FastAPI()


class Request(BaseModel):
    prompt: str
    max_tokens: int


@app.post("/v1/completions")
def complete(request: Request) -> StreamingResponse:
    inputs = tokenizer(request.prompt, return_tensors="pt")
    streamer = TextIteratorStreamer(tokenizer, skip_prompt=True)
    # As many tokens as were asked for, so that both sides say as much.
    length = {"max_new_tokens": request.max_tokens, "min_new_tokens": request.max_tokens}
    options = {"streamer": streamer, "do_sample": True, "pad_token_id": 0, **length}
    Thread(target=model.generate, kwargs={**inputs, **options}).start()

    def events():
        for text in streamer:
            yield f"data: {json.dumps({'choices': [{'text': text}]})}\n\n"
        yield "data: [DONE]\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error", access_log=False)
