# The portal as an image: packages by hash, static files compressed, no root.
FROM python:3.11-slim AS packages
COPY requirements.txt .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.txt

FROM python:3.11-slim
# pg_dump and pg_restore, for the commands backup and restore.
RUN apt-get update -q \
 && apt-get install -q -y --no-install-recommends postgresql-client \
 && rm -rf /var/lib/apt/lists/*
# Attachments are written to /data; nothing else in the image is writable for the portal.
RUN useradd --uid 1000 --create-home portal \
 && install --directory --owner portal --group portal /data
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BIND=0.0.0.0:8000 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/staticfiles \
    STATICFILES_STORAGE=whitenoise.storage.CompressedManifestStaticFilesStorage
WORKDIR /app
COPY . .
RUN DATA_DIR=/tmp/build python manage.py collectstatic --no-input \
 && rm -r /tmp/build
USER portal
EXPOSE 8000
CMD ["gunicorn", "pmo_portal.wsgi"]
