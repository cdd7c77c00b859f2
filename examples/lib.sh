# What the scripts of the examples share: it installs what is missing, and makes components of guests in
# Rust and in C. To be sourced by bash.

set -euo pipefail

examples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$examples")

# Cargo's folder. Two workspaces have one each: theirs would take each other's libraries.
target=${CARGO_TARGET_DIR:+$CARGO_TARGET_DIR/examples}
target=${target:-$examples/target}

# Where the components go.
components=$target/components
# Where compiled BPF programs go.
objects=$target/objects
mkdir -p "$components" "$objects"

# Installs Debian's packages, where a command or a file that they bring is missing.
need() {
	local what=$1
	shift
	if [ -e "$what" ] || command -v "$what" >/dev/null; then
		return
	fi
	echo "installing $*: there is no $what" >&2
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Cargo, for this workspace.
examples_cargo() {
	CARGO_TARGET_DIR=$target cargo "$1" --manifest-path "$examples/Cargo.toml" --locked --quiet --release "${@:2}"
}

# The programs that run here, all at once: one at a time, each would have wasmtime built anew, with the
# features that its own dependencies ask of those that they share.
build_hosts() {
	need clang clang
	examples_cargo build -p kit -p bpf-object -p host -p compose-host -p bootstrap-host -p bootstrap-bench
}

kit() { "$target/release/kit" "$@"; }

# Compiles a BPF program.
bpf_object() {
	need clang clang
	"$target/release/bpf-object" "$1" "$objects/$(basename "$1" .c).o"
}

# The command of this repository.
btf2wit() { cargo run --manifest-path "$root/Cargo.toml" --locked --quiet -- --quiet "$@"; }

# Can the Rust that is there compile for WebAssembly, as after `rustup target add wasm32-unknown-unknown`?
# Where it cannot, or GUEST_RUST=debian says so, a second Rust comes from Debian, with its library's source.
rust_for_guests() {
	[ "${GUEST_RUST:-}" != debian ] &&
		[ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown)" ]
}

# Components of crates of this workspace, in Rust.
rust_guests() {
	local packages=() name modules
	for name in "$@"; do packages+=(-p "$name"); done
	packages+=(--target wasm32-unknown-unknown)
	if rust_for_guests; then
		examples_cargo build "${packages[@]}"
		modules=$target/wasm32-unknown-unknown/release
	else
		need /usr/bin/rustc rustc-web
		need /usr/lib/rustlib/src/rust/library/std/Cargo.toml rust-web-src
		need wasm-ld lld
		(
			export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
			export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld
			target=$target/debian
			examples_cargo build -Zbuild-std=std,panic_abort "${packages[@]}"
		)
		modules=$target/debian/wasm32-unknown-unknown/release
	fi
	for name in "$@"; do
		kit component "$modules/${name//-/_}.wasm" "$components/$name.wasm"
	done
}

# A component of a source file in C: its name, the file, its world, and where the world's WIT is, what is
# needed first first. The bindings are called after the world.
c_guest() {
	local name=$1 source=$2 world=$3
	local bindings=$target/c/$name stem=${world##*/}
	stem=${stem//-/_}
	need clang clang
	need wasm-ld lld
	need /usr/include/wasm32-wasi/stdio.h wasi-libc
	need "$(clang --target=wasm32-wasi -print-libgcc-file-name)" "libclang-rt-14-dev-wasm32"
	kit bindings "$world" "$bindings" "${@:4}"
	clang --target=wasm32-wasi -O2 -mexec-model=reactor -Wall -Wextra -Wno-unused-parameter -Werror \
		-I "$bindings" -I "$(dirname "$source")/.." -I "$objects" "$source" "$examples/c/no_files.c" \
		"$bindings/$stem.c" "$bindings/${stem}_component_type.o" -o "$bindings/$name.wasm"
	kit component "$bindings/$name.wasm" "$components/$name.wasm"
}
