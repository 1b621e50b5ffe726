import { HUB, PROJECT } from './place-model.js';

/** The version of Node that the image has. */
const NODE = '22';

/** What the container runs: also outside of it, where its packages are installed. */
export function startScript(port: number): string {
  return `#!/bin/sh
# Serves the model in production of ${PROJECT}/ over HTTP. REPRISE_API_KEYS has the keys that requests come with.
here=$(cd "$(dirname "$0")" && pwd)
# Its base is here: nothing is fetched.
export HF_HUB_OFFLINE=1 HF_HUB_CACHE="$here/${HUB}"
cd "$here/${PROJECT}" || exit 1
exec node "$here/node_modules/reprise/bin/reprise" serve --host 0.0.0.0 --port "\${PORT:-${port}}" --no-watch --json "$@"
`;
}

/**
 * For BuildKit: of the two targets, what the other one needs is not made.
 *
 * @param about what the first line says of the image
 */
export function dockerfile(about: string, port: number): string {
  return `# syntax=docker/dockerfile:1
# ${about}
#   docker build --target cpu  -t served-model .
#   docker build --target cuda -t served-model .   for hosts with NVIDIA's driver and its container toolkit
ARG NODE=${NODE}

FROM node:\${NODE}-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/ packages/
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# Fetches and verifies the library that computes, and compiles its binding: neither pip nor a compiler is in the image.
FROM packages AS tools
RUN apt-get update && apt-get install -y --no-install-recommends g++ python3-pip && rm -rf /var/lib/apt/lists/*
ENV REPRISE_CACHE_DIR=/app/native

FROM tools AS library-cpu
RUN REPRISE_TENSORFLOW=cpu node_modules/.bin/reprise setup --only tensorflow

FROM tools AS library-cuda
RUN REPRISE_TENSORFLOW=cuda node_modules/.bin/reprise setup --only tensorflow

FROM node:\${NODE}-bookworm-slim AS served
WORKDIR /app
ENV NODE_ENV=production
# The user "node": by number, so that Kubernetes can see that it is not root.
USER 1000:1000
EXPOSE ${port}
HEALTHCHECK --interval=10s --start-period=120s CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || ${port}) + '/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/app/start.sh"]

FROM served AS cuda
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=library-cuda /app/ ./
COPY start.sh ./
COPY ${HUB}/ ${HUB}/
COPY ${PROJECT}/ ${PROJECT}/

FROM served AS cpu
COPY --from=library-cpu /app/ ./
COPY start.sh ./
COPY ${HUB}/ ${HUB}/
COPY ${PROJECT}/ ${PROJECT}/
`;
}

/** Nothing but what the Dockerfile copies, whatever else is put beside it. */
export const dockerignore = `*
!package.json
!package-lock.json
!packages
!start.sh
!${HUB}
!${PROJECT}
`;
