# Holdfast in one image: the server, its page and its commands, with the embedded database and ffmpeg. Data in /data.
#   docker build -t holdfast . && docker run -p 127.0.0.1:3000:3000 -v holdfast:/data …   (see compose.yaml)

FROM node:24-trixie-slim AS built
WORKDIR /holdfast
COPY . .
# Puts the pinned Bun into .bun, installs what the lock file names, builds the page; --help starts nothing.
RUN node scripts/up.mjs start --help \
  && ln -s "/holdfast/.bun/$(node -p "require('./package.json').packageManager.split('@')[1]")/bun" .bun/bun

FROM debian:trixie-slim
# ffmpeg makes MP4, pictures and peaks; util-linux (setpriv, unshare) fences it and the database.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates ffmpeg util-linux \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --system --uid 1000 --home-dir /data holdfast \
  && install -d -o holdfast -g holdfast /data /store
COPY --from=built /holdfast /holdfast
WORKDIR /holdfast
USER holdfast
ENV PATH="/holdfast/.bun:$PATH" \
  UV_THREADPOOL_SIZE=16 \
  HOLDFAST_DATA_DIR=/data \
  HOST=0.0.0.0
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
# Host must be a name that the server knows.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD bun -e "process.exit((await fetch('http://127.0.0.1:3000/readyz')).ok ? 0 : 1)"
CMD ["bun", "server/main.ts"]
