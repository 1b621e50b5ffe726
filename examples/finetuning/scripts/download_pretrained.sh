#!/bin/sh
# Brings the pretrained model to this host before a training does: the one that params.yaml names, or another.
#   scripts/download_pretrained.sh [NAME] [--revision COMMIT]
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"
if [ -f .env ]; then
  set -a
  . ./.env
  set +a
fi

# Its files lie in the Hugging Face cache, which projects share; models/pretrained gets a link to them.
exec reprise pretrained download --link models/pretrained "$@"
