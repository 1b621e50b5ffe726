/** A picture comes as a path, as the bytes of a file, as these in base64, which JSON can hold, or as PIL has it. */
export const PICTURES_SOURCE = `"""A model that says which label a picture has."""

import base64
import binascii
import io
import os

import pandas as pd
import torch
from PIL import Image, ImageOps
from transformers import AutoImageProcessor, AutoModelForImageClassification

from .network import open_network, read_json
from .texts import one_label

PICTURES_AT_ONCE = 32


class PictureModel:
    def __init__(self, folder, base):
        self.labels = read_json(folder, "labels.json")
        self.network = open_network(AutoModelForImageClassification, folder, base, len(self.labels))
        self.processor = AutoImageProcessor.from_pretrained(folder)

    def predict(self, model_input, params=None):
        """A frame with a column image, or pictures. A frame of each one's label, and how likely it is."""
        pictures = list(model_input["image"] if isinstance(model_input, pd.DataFrame) else model_input)
        starts = range(0, len(pictures), PICTURES_AT_ONCE)
        logits = [self.logits(pictures[start : start + PICTURES_AT_ONCE]) for start in starts]
        return one_label(torch.cat(logits) if logits else torch.empty(0, len(self.labels)), self.labels)

    @torch.no_grad()
    def logits(self, pictures):
        pixels = self.processor(images=[opened(picture) for picture in pictures], return_tensors="pt")
        return self.network(**pixels).logits.float()


def opened(picture):
    """Turned the way up that the camera noted, in three colors."""
    if not isinstance(picture, Image.Image):
        picture = Image.open(picture if is_path(picture) else io.BytesIO(bytes_of(picture)))
    return ImageOps.exif_transpose(picture).convert("RGB")


def is_path(picture):
    return isinstance(picture, os.PathLike) or (isinstance(picture, str) and os.path.exists(picture))


def bytes_of(picture):
    if isinstance(picture, (bytes, bytearray)):
        return picture
    try:
        return base64.b64decode(picture, validate=True)
    except (binascii.Error, TypeError, ValueError):
        shown = picture if isinstance(picture, str) else type(picture).__name__
        raise ValueError(f"{shown[:200]} is no picture: give a path, a file's bytes, or these in base64") from None
`;
