# syntax=docker/dockerfile:1
# One image for every role: the API (default command), `node dist/workers/main.js engine`, `… agent --type <type>`.
# Debian, because Temporal's native core is not built for Alpine. Pin by digest: --build-arg NODE_IMAGE=node:20-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:20-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# Dependencies first: this layer is rebuilt only when the lockfile changes. No package needs an install script.
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY api ./api
COPY activities ./activities
COPY workers ./workers
COPY workflows ./workflows
COPY src ./src
COPY web ./web
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="MCP Orchestrator" \
      org.opencontainers.image.description="Durable workflows in YAML, run by Temporal" \
      org.opencontainers.image.source="https://github.com/linguamate-ai/omni-mcp" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The root file system may be read-only: whatever is written goes below /tmp. Models of the local engines are mounted.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    WORKER_HOST=0.0.0.0 \
    WORKER_PORT=9464 \
    OMNI_DATA_DIR=/tmp/omni \
    OMNI_CACHE_DIR=/tmp/omni/cache \
    OMNI_MODELS_DIR=/models
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY config ./config
COPY definitions ./definitions
COPY deploy/healthcheck.mjs ./healthcheck.mjs
# By number, so that Kubernetes can see that it is not root; the files belong to root and cannot be changed by it.
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 CMD ["node", "healthcheck.mjs"]
CMD ["node", "dist/index.js"]
