#!/usr/bin/env bash
# What a clean build of the smallest program on onex costs, beside the smallest program on axum.
#
# Run by hand: it needs a package registry once, for the fetch, and a few minutes. Both programs are built in the
# same run, in turns, so that a busy machine is busy for both. Prints a table of medians.
#
#   benches/build-cost.sh [rounds]
set -euo pipefail

rounds=${1:-3}
workspace=$(cd "$(dirname "$0")/.." && pwd)
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
programs=(onex axum)

for program in "${programs[@]}"; do
    mkdir -p "$room/$program/src"
    cp "$workspace/rust-toolchain.toml" "$room/$program/"
done

cat >"$room/onex/Cargo.toml" <<EOF
[package]
name = "smallest-onex"
version = "0.0.0"
edition = "2024"

[dependencies]
onex = { path = "$workspace/onex" }
serde = { version = "1", features = ["derive"] }
tokio = { version = "1", default-features = false, features = ["rt", "time"] }

# A path would be built incrementally, which a dependency from a registry or from git never is.
[profile.dev.package."*"]
incremental = false

[workspace]
EOF
cat >"$room/onex/greeter.yaml" <<'EOF'
name: node_greeter_effect
node_type: effect
contract_version: { major: 1, minor: 0, patch: 0 }
handler_routing:
  handlers:
    - event_model: { name: Arrived }
      handler: { name: arrived }
consumed_events:
  - { topic: onex.evt.door.arrived.v1, event_type: Arrived, external: true }
EOF
cat >"$room/onex/src/main.rs" <<'EOF'
use onex::{Event, Runtime, effect, handler};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
struct Arrived {
    name: String,
}

#[effect(contract = "greeter.yaml")]
struct Greeter;

#[handler(event = greeter::Arrived)]
async fn arrived(event: &Arrived) {
    println!("Hello, {}!", event.name);
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = Runtime::builder(()).mount::<Greeter>().build()?;
    tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
        runtime.publish(Arrived { name: "world".into() }).await?;
        runtime.settled().await;
        Ok(())
    })
}
EOF

cat >"$room/axum/Cargo.toml" <<'EOF'
[package]
name = "smallest-axum"
version = "0.0.0"
edition = "2024"

[dependencies]
axum = "0.8"
tokio = { version = "1", features = ["rt-multi-thread", "net"] }

[workspace]
EOF
cat >"$room/axum/src/main.rs" <<'EOF'
use axum::{Router, routing::get};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let app = Router::new().route("/", get(|| async { "Hello, world!" }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
        axum::serve(listener, app).await?;
        Ok(())
    })
}
EOF

# The versions that the workspace is tested with; axum gets what is newest.
cp "$workspace/Cargo.lock" "$room/onex/"
for program in "${programs[@]}"; do
    (cd "$room/$program" && cargo fetch --quiet)
done

# Appends «CPU seconds, wall seconds» of one clean build to the program's times.
build() {
    local program=$1 TIMEFORMAT='%U %S %R'
    rm -rf "$room/target"
    cd "$room/$program"
    { time CARGO_TARGET_DIR="$room/target" cargo build --offline --quiet -j2 2>"$room/$program.log"; } \
        2>"$room/$program.time" || { cat "$room/$program.log" >&2; exit 1; }
    cd "$room"
    awk '{ printf "%.2f %.2f\n", $1 + $2, $3 }' "$room/$program.time" >>"$room/$program.times"
}

median() {
    awk -v column="$2" '{ print $column }' "$room/$1.times" | sort -n |
        awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'
}

packages() {
    (cd "$room/$1" && cargo tree --offline --prefix none --edges normal,build | sed 's, (\*)$,,' | sort -u | wc -l)
}

for ((round = 1; round <= rounds; round++)); do
    for program in "${programs[@]}"; do
        build "$program"
        echo "round $round: $program $(tail -n 1 "$room/$program.times" | awk '{ print $1 " s CPU, " $2 " s wall" }')" >&2
    done
done

printf '| program | CPU (user + system), s | wall, s | packages |\n|---|---|---|---|\n'
for program in "${programs[@]}"; do
    printf '| %s | %s | %s | %s |\n' "$program" "$(median "$program" 1)" "$(median "$program" 2)" "$(packages "$program")"
done
