# The action's image. docs/container.md: how it is checked, what is in it, how to build it without a network.
# The base is pinned by digest (an index for all platforms, so the same line serves amd64 and arm64); Dependabot
# proposes the next one. Release images are used by digest, see action.yml.
FROM docker.io/library/python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS base

# Everything that needs pip or a build backend happens here and stays here.
FROM base AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_COMPILE=1 \
    PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0 SOURCE_DATE_EPOCH=315532800
COPY requirements /src/requirements
# Wheels beside the lock make the build independent of any network. Only wheels: nothing of a dependency runs here.
RUN python -m venv --without-pip /opt/venv && python -m venv --without-pip /src/venv \
 && if [ -d /src/requirements/wheels ]; then export PIP_NO_INDEX=1 PIP_FIND_LINKS=/src/requirements/wheels; fi \
 && python -m pip --python /opt/venv/bin/python install -q --require-hashes --only-binary :all: -r /src/requirements/run.txt \
 && python -m pip --python /src/venv/bin/python install -q --require-hashes --only-binary :all: -r /src/requirements/build.txt
COPY pyproject.toml README.md LICENSE /src/
COPY src /src/src
COPY examples /src/examples
# Installed, not editable: the workspace of a job can never shadow it. Byte code is written once, in one process and
# without time stamps (the same bytes every time), for a root file system that may be read-only. Then nothing of it
# can be written, and there is no activation script to find a shell with.
RUN python -m pip --python /src/venv/bin/python wheel -q --no-deps --no-build-isolation -w /src/dist /src \
 && python -m pip --python /opt/venv/bin/python install -q --no-deps --no-index /src/dist/*.whl \
 && rm -f /opt/venv/bin/[Aa]ctivate* \
 && /opt/venv/bin/python -I -m compileall -q -j 1 --invalidation-mode unchecked-hash /opt/venv/lib \
 && chmod -R a+rX,a-w /opt/venv
COPY --chmod=0555 container/finish /opt/mergefloor/finish

# What the action needs of the base: Python and what it links to, 60 MB instead of a distribution (gather.py). Base
# images come without byte code of the standard library; a read-only root would compile it on every start.
FROM base AS system
COPY container/gather.py /src/gather.py
COPY --from=build /opt/venv /opt/venv
RUN python -B /src/gather.py /image /opt/venv \
 && PYTHONHASHSEED=0 python -B -m compileall -q -j 1 --invalidation-mode unchecked-hash \
      -s /image -p / "/image$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
 && chroot /image /usr/local/bin/python -I -B -c 'import asyncio, bz2, ctypes, lzma, sqlite3, ssl, uuid, zlib'

# Two layers: the second is what a release changes.
FROM scratch
COPY --from=system /image /
COPY --from=build /opt /opt
ENV PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8
LABEL org.opencontainers.image.title="mergefloor" \
      org.opencontainers.image.source="https://github.com/mergefloor/mergefloor" \
      org.opencontainers.image.licenses="MIT"
# No USER and no WORKDIR: the runner mounts files of another uid and sets the folder (github/docs,
# dockerfile-support-for-github-actions). -I: the workspace, PYTHON* and the user's site are no import path (T05).
ENTRYPOINT ["/opt/venv/bin/python", "-I", "-m", "mergefloor", "action"]
