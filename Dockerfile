# Two images: `service` (Watchtower's service) and `grafana` (Grafana with the suite's plugins). Built by docker-compose.yml.

FROM node:20.20.0-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN node -e "const s = require('./scripts/setup.cjs'); s.install('service'); s.build(...s.SERVICE)"

FROM node:20.20.0-bookworm-slim AS service
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/generator generator
COPY --from=build /app/ingester ingester
COPY clickhouse clickhouse
COPY provisioning/alerting provisioning/alerting
COPY provisioning/dashboards provisioning/dashboards
COPY provisioning/datasources provisioning/datasources
COPY scripts/contactPoint.cjs scripts/composeSetup.cjs scripts/
COPY docker/with-secrets.sh /usr/local/bin/with-secrets
# Volumes take over whom these folders belong to.
RUN mkdir -p /drop /var/lib/watchtower /setup/own /setup/service /setup/grafana /setup/clickhouse /setup/provisioning \
  && chown -R node:node /drop /var/lib/watchtower /setup
USER node
ENTRYPOINT ["with-secrets"]
CMD ["node", "ingester/bin/watchtower.cjs", "serve"]

FROM node:20.20.0-bookworm-slim AS plugins
COPY --from=golang:1.26.5-bookworm /usr/local/go /usr/local/go
ENV PATH=/usr/local/go/bin:$PATH
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY . .
RUN npm run build
RUN node -e "const fs = require('node:fs'); for (const plugin of require('./scripts/setup.cjs').PLUGINS) fs.cpSync(plugin + '/dist', '/plugins/' + JSON.parse(fs.readFileSync(plugin + '/src/plugin.json')).id, { recursive: true })"

FROM grafana/grafana:13.1.0 AS grafana
COPY --from=plugins /plugins /usr/share/watchtower/plugins
COPY docker/with-secrets.sh /usr/local/bin/with-secrets
ENTRYPOINT ["with-secrets", "/run.sh"]
