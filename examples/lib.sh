# Functions for the example scripts, which source this file in bash. The functions install missing tools, and build
# guests in Rust and in C. Steps and the progress of cargo are printed to standard error, so that standard output has
# only the output of the examples.

set -euo pipefail

examples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$examples")

# The folder for cargo's build products.
target=${CARGO_TARGET_DIR:-$root/target}

# The folder for components.
components=$target/components
# The folder for compiled BPF programs.
objects=$target/objects
mkdir -p "$components" "$objects"

# Announces a step, since some steps take minutes.
step() { echo "== $*" >&2; }

# Installs Debian packages.
debian_packages() {
	step "installing $*"
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Installs Debian packages if a command or a file is missing. Arguments: the command or the file, and the packages.
need() { [ -e "$1" ] || command -v "$1" >/dev/null || debian_packages "${@:2}"; }

# Runs cargo in the workspace of the repository.
root_cargo() { CARGO_TARGET_DIR=$target cargo "$1" --manifest-path "$root/Cargo.toml" --locked "${@:2}"; }

# Builds all hosts and tools with one command. With separate commands, cargo would build wasmtime again each time, since
# it unifies the features of shared dependencies within one command only. The arguments are further packages to build.
build_hosts() {
	need clang clang
	step "building the hosts and tools (minutes the first time, most of them for wasmtime)"
	need /usr/include/libelf.h libelf-dev
	need /usr/include/zlib.h zlib1g-dev
	need pkg-config pkg-config
	need make make
	root_cargo build -p kit -p bpf-object -p compose-host -p btf2wit-host "$@"
}

kit() { "$target/debug/kit" "$@"; }

# Compiles a BPF program in C.
bpf_object() {
	need clang clang
	step "compiling $(basename "$1")"
	"$target/debug/bpf-object" "$1" "$objects/$(basename "$1" .c).o"
}

# Builds and runs the command btf2wit of this repository.
btf2wit() {
	step "building and running btf2wit"
	root_cargo run -- --quiet "$@"
}

# Returns whether rustc has the standard library for WebAssembly, as after `rustup target add wasm32-unknown-unknown`.
# With GUEST_RUST=debian, the answer is always no.
rust_for_guests() {
	[ "${GUEST_RUST:-}" != debian ] &&
		[ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown)" ]
}

# Runs a command with Debian's Rust, which is installed in addition to the present Rust. For WebAssembly, Debian has
# only the source of the standard library, and `-Zbuild-std` builds it.
with_debian_rust() {
	need /usr/bin/rustc rustc-web
	need /usr/lib/rustlib/src/rust/library/std/Cargo.toml rust-web-src
	need wasm-ld lld
	RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 "$@"
}

# Builds the crate in the current folder as a component, as `cargo --target wasm32-wasip2` does. The arguments are those
# of cargo.
guest_cargo() {
	if [ "${GUEST_RUST:-}" != debian ] && [ -d "$(rustc --print target-libdir --target wasm32-wasip2)" ]; then
		cargo "$@" --target wasm32-wasip2
	else
		"$examples/build-on-debian" "${@:2}"
	fi
}

# Installs packages from PyPI into a virtual environment, once. Arguments: the folder of the environment, and the
# packages.
python_packages() {
	local folder=$1
	shift
	need python3 python3
	python3 -c 'import ensurepip' 2>/dev/null || debian_packages python3-venv
	[ "$(cat "$folder/installed" 2>/dev/null)" != "$*" ] || return 0
	step "installing $*"
	python3 -m venv "$folder"
	"$folder/bin/pip" install --quiet --disable-pip-version-check "$@"
	echo "$*" >"$folder/installed"
}

# Installs jco into the folder `$javascript`, with the packages that the modules written by jco import.
javascript=$target/javascript
need_jco() {
	need npm npm
	[ ! -e "$javascript/installed" ] || return 0
	step "installing jco"
	# The newest preview2-shim fails with node 20.
	npm install --silent --no-fund --no-audit --prefix "$javascript" \
		@bytecodealliance/jco@1.35.0 @bytecodealliance/preview2-shim@0.26.0
	npm --prefix "$javascript" pkg set type=module >/dev/null
	touch "$javascript/installed"
}

jco() { "$javascript/node_modules/.bin/jco" "$@"; }

# Prints the reason why this process may not use bpf(2). Fails if it may use it.
bpf_refused() {
	need bpftool bpftool
	! bpftool prog show 2>&1 >/dev/null
}

# Builds components from crates of the workspace. The arguments are the names of the crates.
rust_guests() {
	local packages=() name modules
	for name in "$@"; do packages+=(-p "$name"); done
	packages+=(--target wasm32-unknown-unknown)
	step "building guests in Rust: $*"
	if rust_for_guests; then
		root_cargo build --release "${packages[@]}"
		modules=$target/wasm32-unknown-unknown/release
	else
		(
			export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld
			target=$target/debian
			with_debian_rust root_cargo build --release -Zbuild-std=std,panic_abort "${packages[@]}"
		)
		modules=$target/debian/wasm32-unknown-unknown/release
	fi
	for name in "$@"; do
		kit component "$modules/${name//-/_}.wasm" "$components/$name.wasm"
	done
}

# Builds a component from a C file that exports functions. Arguments: the name of the component, the file, the world,
# and the folders and files with the WIT of that world. WIT that other WIT uses comes first. The names of the bindings
# begin with the name of the world.
c_guest() { c_component component -mexec-model=reactor "$examples/c/no_files.c" "$@"; }

# Builds a component from a C file with `main`. The arguments are those of `c_guest`.
c_command() { c_component command -nostartfiles "$examples/c/start.c" "$@"; }

# Builds a component from a C file that exports functions and also prints. The arguments are those of `c_guest`.
c_reactor() { c_component reactor -mexec-model=reactor "" "$@"; }

c_component() {
	local kind=$1 start=$2 more=$3 name=$4 source=$5 world=$6
	local bindings=$target/c/$name stem=${world##*/}
	stem=${stem//-/_}
	need clang clang
	need wasm-ld lld
	need /usr/include/wasm32-wasi/stdio.h wasi-libc
	need "$(clang --target=wasm32-wasi -print-libgcc-file-name)" "libclang-rt-14-dev-wasm32"
	step "building a guest in C: $name"
	kit bindings "$world" "$bindings" "${@:7}"
	clang --target=wasm32-wasi -O2 "$start" -Wall -Wextra -Wno-unused-parameter -Werror \
		-I "$bindings" -I "$(dirname "$source")/.." -I "$objects" "$source" ${more:+"$more"} \
		"$bindings/$stem.c" "$bindings/${stem}_component_type.o" -o "$bindings/$name.wasm"
	kit "$kind" "$bindings/$name.wasm" "$components/$name.wasm"
}
