# The image holds one static binary and the certificates that it needs to fetch advisories: no
# shell, no package manager, no git, no cargo.
FROM docker.io/library/rust:1.95-slim-bookworm AS build
WORKDIR /build
# A static glibc binary: the target must be named, or build scripts would be linked statically, too.
ENV RUSTFLAGS="-C target-feature=+crt-static" CARGO_TERM_COLOR=never
# Dependencies first, so that a change of the sources does not build them again.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src benches \
 && echo 'fn main() {}' | tee src/main.rs benches/scan.rs > src/lib.rs \
 && cargo build --locked --release --target "$(rustc -vV | sed -n 's/^host: //p')" \
 && rm -r src benches
COPY src src
COPY templates templates
COPY benches benches
COPY fixtures/demo fixtures/demo
RUN touch src/lib.rs src/main.rs \
 && cargo build --locked --release --target "$(rustc -vV | sed -n 's/^host: //p')" \
 && cp target/*/release/patchline /patchline

FROM docker.io/library/debian:bookworm-slim AS certificates
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates

FROM scratch
LABEL org.opencontainers.image.title="Patchline" \
      org.opencontainers.image.description="Is every release line that you promise to support patched?" \
      org.opencontainers.image.source="https://github.com/patchline/patchline" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=certificates /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /patchline /patchline
# Makes the folder for temporary files.
WORKDIR /tmp
ENV PATCHLINE_CACHE_DIR=/tmp/patchline
ENTRYPOINT ["/patchline"]
CMD ["--help"]
