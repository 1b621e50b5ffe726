#!/bin/sh
# Brings, cleans and splits the data: what has changed of the first three stages.
#   scripts/prepare_data.sh [FLAGS OF reprise repro]
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"
if [ -f .env ]; then
  set -a
  . ./.env
  set +a
fi

exec reprise repro prepare_finetuning_data "$@"
