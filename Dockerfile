# syntax=docker/dockerfile:1
# One image for every process: `api`, `worker`, `db upgrade`, `company apply`. Configuration comes from the environment.

FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/base.lock /tmp/base.lock
# Wheels only: nothing is compiled, so that neither stage needs a compiler, and every file is one whose hash we know.
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: -r /tmp/base.lock \
 && /opt/venv/bin/pip uninstall --yes pip \
 && printf '#!/opt/venv/bin/python\nfrom cli import main\n\nmain()\n' > /opt/venv/bin/perennial \
 && chmod 755 /opt/venv/bin/perennial
COPY . /app
# Compiled here, because the file system is read-only where it runs; pip has compiled the libraries.
RUN /opt/venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /app

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="Perennial" \
      org.opencontainers.image.description="Every customer of a business gets a permanent AI agent on WhatsApp." \
      org.opencontainers.image.documentation="README.md"
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 perennial \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin perennial
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONFAULTHANDLER=1
WORKDIR /app
USER 10001:10001
EXPOSE 3000
# Exec form: SIGTERM reaches Python, which lets running sends and thoughts finish. Health checks: docker-compose.yml.
ENTRYPOINT ["perennial"]
CMD ["api"]
