/** What MLflow imports: what the model is, its config.json says. */
export const MODEL_SOURCE = `"""What MLflow calls to open it."""

import os

from .network import read_json


def _load_pyfunc(path, model_config=None):
    """path: a folder with \`model\`, and with \`base\` where that is an adapter whose base no hub has."""
    folder, base = os.path.join(path, "model"), os.path.join(path, "base")
    architecture = read_json(folder, "config.json")["architectures"][0]
    if architecture.endswith("ForImageClassification"):
        from .pictures import PictureModel as Model
    elif architecture.endswith("ForSequenceClassification"):
        from .texts import TextModel as Model
    else:
        from .prompts import PromptModel as Model
    return Model(folder, base)
`;
