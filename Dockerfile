# The image holds one static binary, the certificates that it needs to fetch advisories, and the
# database of the day it was built: no shell, no package manager, no git, no cargo.
FROM docker.io/library/rust:1.95-slim-bookworm AS build
WORKDIR /build
# A static glibc binary: the target must be named, or build scripts would be linked statically, too.
ENV RUSTFLAGS="-C target-feature=+crt-static" CARGO_TERM_COLOR=never
# Dependencies first, so that a change of the sources does not build them again.
COPY Cargo.toml Cargo.lock ./
COPY benches benches
RUN mkdir src \
 && echo 'fn main() {}' > src/main.rs \
 && touch src/lib.rs \
 && cargo build --locked --release --target host-tuple \
 && rm -r src
COPY examples/workflows examples/workflows
COPY fixtures/demo fixtures/demo
COPY src src
# Everything that the image is, as it lies there.
RUN touch src/lib.rs src/main.rs \
 && cargo build --locked --release --target host-tuple \
 && install -D target/*/release/patchline /image/patchline \
 && install -D --mode 644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt \
 && install -d --mode 1777 /image/tmp
# A copy of the database in the place where a run keeps what it fetched: a run brings it up to date,
# and uses it as it is where GitHub does not answer. Where GitHub does not answer now, there is none.
RUN install -d /image/var/cache/patchline \
 && /image/patchline demo --keep /demo > /demo.txt \
 && export PATCHLINE_CACHE_DIR=/image/var/cache/patchline \
 && { /image/patchline scan --repo /demo/ferry.git --as-of 2025-01-06 --exit-zero > /demo.txt \
      || echo 'the image has no copy of the database' ; } \
 && chmod --recursive a+rwX "$PATCHLINE_CACHE_DIR"

FROM scratch
ARG VERSION=unreleased
ARG REVISION=unknown
ARG CREATED=
LABEL org.opencontainers.image.title="Patchline" \
      org.opencontainers.image.description="Is every release line that you promise to support patched?" \
      org.opencontainers.image.source="https://github.com/patchline/patchline" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED"
COPY --from=build /image /
ENV PATCHLINE_CACHE_DIR=/var/cache/patchline
# No USER: a Docker action has to be root to read the workspace, and gives what it writes there to
# the owner of the workspace.
ENTRYPOINT ["/patchline"]
CMD ["--help"]
