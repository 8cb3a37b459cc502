# CPU only. Build: docker build -t matcher .    Try: docker run --rm -p 127.0.0.1:8000:8000 -v matcher:/data matcher
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
# Without an index of CPU wheels pip takes the torch that brings gigabytes of CUDA.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/matcher
COPY requirements.lock ./
RUN /opt/matcher/bin/python -m pip install --constraint requirements.lock --extra-index-url "${TORCH_INDEX}" torch==2.13.0
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY src ./src
RUN /opt/matcher/bin/python -m pip install --constraint requirements.lock .

FROM ${PYTHON_IMAGE}
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin matcher \
    && install --directory --owner 10001 --group 10001 --mode 0750 /data
COPY --from=build /opt/matcher /opt/matcher
ENV PATH=/opt/matcher/bin:$PATH \
    MATCHER_DATA_DIR=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8000, timeout=4); c.request('GET', '/readyz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["matcher"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
