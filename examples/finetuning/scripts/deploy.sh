#!/bin/sh
# Deploys the model in production: an image, manifests for Kubernetes, or a server that runs.
#   scripts/deploy.sh [image|kubernetes|server] [FLAGS OF reprise deploy]
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"
if [ -f .env ]; then
  set -a
  . ./.env
  set +a
fi

target=${1:-image}
[ $# -eq 0 ] || shift
exec reprise deploy --target "$target" "$@"
