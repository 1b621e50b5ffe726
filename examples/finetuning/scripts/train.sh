#!/bin/sh
# Trains, with what has changed before. Killed at any moment, the same command goes on from the last checkpoint.
#   scripts/train.sh [FLAGS OF reprise repro]
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"
if [ -f .env ]; then
  set -a
  . ./.env
  set +a
fi

exec reprise repro finetune_model "$@"
