# One image for web, worker and release; what it runs is the command it is given.
FROM python:3.11-slim AS packages
WORKDIR /srv/docket
COPY requirements.txt requirements-observability.txt ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FLASK_APP=wsgi \
    FILES_DIR=/data/files \
    PORT=8000
RUN useradd --system --uid 10001 --home-dir /srv/docket docket \
    && install -d -o docket -g docket /data/files
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/docket
COPY . .
USER docket
VOLUME /data/files
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/health/live\", timeout=3)"]
CMD ["gunicorn", "wsgi:app"]
