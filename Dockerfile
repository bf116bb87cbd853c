# The bot for production: no embedded servers in it, so DATABASE_URL and REDIS_URL are needed (see compose.yaml).
# It migrates the database when it starts, under an advisory lock, so any number of containers may start at once.

FROM python:3.13-slim-trixie AS builder
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN pip install --no-cache-dir --root-user-action=ignore "$(grep --only-matching 'uv==[0-9.]*' pyproject.toml)" \
    && uv sync --frozen --no-dev --no-cache

FROM python:3.13-slim-trixie
# Debian keeps only its newest version of a package, so there is none to pin.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin ustoz \
    && install --directory --owner=ustoz --group=ustoz --mode=0750 /data /data/files
WORKDIR /app
COPY --from=builder /app/.venv .venv
COPY . .
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HTTP_HOST=0.0.0.0 \
    HTTP_PORT=8080 \
    DATA_DIR=/data \
    LOG_FORMAT=json
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"HTTP_PORT\"]}/healthz', timeout=4)"]
# tini reaps what the program's libraries may leave behind, and hands SIGTERM on.
ENTRYPOINT ["tini", "--", "python", "-m", "bot"]
