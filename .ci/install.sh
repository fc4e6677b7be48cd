# Installs Debian packages that are missing, and says so where it cannot: the tests that need them skip visibly. To be sourced (bash).
# install_missing program:package … — a package is wanted where its program is not found; a bare name is wanted anyway.
install_missing() {
    local pair missing=()
    for pair in "$@"; do
        [ "$pair" = "${pair%%:*}" ] || ! command -v "${pair%%:*}" >/dev/null 2>&1 || continue
        missing+=("${pair##*:}")
    done
    install_packages "${missing[@]}"
}

install_packages() {
    local root=()
    [ "$#" -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || root=(sudo -n)
    echo "Installing: $*"
    if ! { "${root[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null; then
        echo "Could not install $*; going on without: tests that need them will skip and say so."
    fi
}
