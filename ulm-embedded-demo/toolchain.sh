# Sourced by `run` and `ci`: how cargo builds for a bare-metal target on this machine.
#
# toolchain_for TARGET   sets the array `cargo_build`, the command that builds for TARGET, or says
#                        on stderr how to get one and fails

toolchain_for() {
    local target=$1
    if rustc --print target-libdir --target "$target" 2>/dev/null | xargs -r -d '\n' test -d; then
        cargo_build=(cargo build --release --target "$target")
        return
    fi
    # Debian: a compiler with its sources, and the linker that comes with any rustup toolchain.
    local sysroot linker variable
    sysroot=$(rustc --print sysroot 2>/dev/null) || sysroot=
    linker=$(find "$sysroot/lib/rustlib" -name rust-lld -type f 2>/dev/null | head -n 1)
    if [[ -x /usr/bin/rustc && -d /usr/lib/rustlib/src/rust/library/core && -n $linker ]]; then
        variable=CARGO_TARGET_${target^^}_LINKER
        cargo_build=(env RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 "${variable//-/_}=$linker"
            cargo build --release --target "$target" -Zbuild-std=core)
        return
    fi
    cat >&2 <<MESSAGE
No Rust for $target. One of these brings it:
    rustup target add $target
    apt-get install rustc-web rust-web-src        # Debian, beside a rustup toolchain
MESSAGE
    return 1
}
