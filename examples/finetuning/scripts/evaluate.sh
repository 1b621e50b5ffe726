#!/bin/sh
# Compares the base and the finetuned model on the test rows, with what has changed before: metrics.json, reports/, plots/.
#   scripts/evaluate.sh [FLAGS OF reprise repro]
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"
if [ -f .env ]; then
  set -a
  . ./.env
  set +a
fi

exec reprise repro evaluate_model "$@"
