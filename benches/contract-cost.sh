#!/usr/bin/env bash
# What contracts cost whoever compiles them: one large contract with and without its macros, and fifty small ones beside fifty
# axum handlers.
#
# Run by hand: it needs a package registry once, for the fetch, and a few minutes. Times are CPU seconds (user + system) of
# `cargo check` with everything else built, so that a busy machine does not count; the time to the error is wall time.
#
#   benches/contract-cost.sh [rounds]
set -euo pipefail

rounds=${1:-3}
workspace=$(cd "$(dirname "$0")/.." && pwd)
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
export CARGO_TARGET_DIR="$room/target" CARGO_TERM_COLOR=never

package() { # name, dependencies
    mkdir -p "$room/$1/src" "$room/$1/contracts"
    cp "$workspace/rust-toolchain.toml" "$room/$1/"
    printf '[package]\nname = "%s"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\n%s\n[workspace]\n' "$1" "$2" >"$room/$1/Cargo.toml"
}
onex="onex = { path = \"$workspace/onex\" }
serde = { version = \"1\", features = [\"derive\"] }"

# --- A contract with 100 routes, and a workflow of 100 steps; the same types and functions without any macro of onex.
events() { # how many, derive
    for ((i = 0; i < $1; i++)); do
        printf '#[derive(Clone, %sserde::Serialize, serde::Deserialize)]\npub struct Happened%s { pub id: u64 }\n' "$2" "$i"
    done
}
routes_contract() {
    printf 'name: node_many_effect\nnode_type: effect\ncontract_version: 1.0.0\nhandler_routing:\n  handlers:\n'
    for ((i = 0; i < 100; i++)); do printf '    - { event_model: { name: Happened%s }, handler: { name: happened%s } }\n' "$i" "$i"; done
    printf 'consumed_events:\n'
    for ((i = 0; i < 100; i++)); do printf '  - { topic: onex.evt.many.happened%s.v1, event_type: Happened%s, external: true }\n' "$i" "$i"; done
}
steps_contract() {
    cat <<'YAML'
name: node_long_orchestrator
node_type: orchestrator
contract_version: 1.0.0
input_model: { name: Happened0 }
workflow_coordination:
  workflow_definition:
    workflow_metadata: { workflow_name: long, workflow_version: 1.0.0 }
    execution_graph:
      nodes:
        - { node_id: step0, node_type: compute }
YAML
    for ((i = 1; i < 100; i++)); do printf '        - { node_id: step%s, node_type: effect, depends_on: [step%s] }\n' "$i" "$((i - 1))"; done
}
for program in routes routes-bare steps steps-bare; do package "$program" "$onex"; done
routes_contract >"$room/routes/contracts/contract.yaml"
steps_contract >"$room/steps/contracts/contract.yaml"
{
    events 100 'onex::Event, '
    printf '#[onex::effect(contract = "contracts/contract.yaml")]\npub struct Many;\n'
    for ((i = 0; i < 100; i++)); do printf '#[onex::handler(event = many::Happened%s)]\nasync fn happened%s(event: &Happened%s) { drop(event.clone()) }\n' "$i" "$i" "$i"; done
} >"$room/routes/src/lib.rs"
{
    events 100 ''
    for ((i = 0; i < 100; i++)); do printf 'pub async fn happened%s(event: &Happened%s) { drop(event.clone()) }\n' "$i" "$i"; done
} >"$room/routes-bare/src/lib.rs"
{
    events 1 ''
    printf '#[onex::orchestrator(contract = "contracts/contract.yaml")]\npub struct Long;\n#[onex::handler(step = long::step0)]\nfn step0(input: &Happened0) -> u64 { input.id }\n'
    for ((i = 1; i < 100; i++)); do printf '#[onex::handler(step = long::step%s)]\nasync fn step%s(step%s: &u64) -> Result<u64, String> { Ok(step%s + 1) }\n' "$i" "$i" "$((i - 1))" "$((i - 1))"; done
} >"$room/steps/src/lib.rs"
{
    events 1 ''
    printf 'pub fn step0(input: &Happened0) -> u64 { input.id }\n'
    for ((i = 1; i < 100; i++)); do printf 'pub async fn step%s(step%s: &u64) -> Result<u64, String> { Ok(step%s + 1) }\n' "$i" "$((i - 1))" "$((i - 1))"; done
} >"$room/steps-bare/src/lib.rs"

# --- Fifty contracts (two routes, five steps) beside fifty modules of axum handlers (a router, seven handlers).
package fifty "$onex"
package fifty-axum 'axum = "0.8"
serde = { version = "1", features = ["derive"] }'
for ((n = 0; n < 50; n++)); do
    printf 'pub mod part%s;\n' "$n" >>"$room/fifty/src/lib.rs"
    printf 'pub mod part%s;\n' "$n" >>"$room/fifty-axum/src/lib.rs"
    cat >"$room/fifty/contracts/part$n.yaml" <<YAML
name: node_part${n}_orchestrator
node_type: orchestrator
contract_version: 1.0.0
handler_routing:
  handlers:
    - { event_model: { name: Asked }, handler: { name: asked }, output_events: [Accepted] }
    - { event_model: { name: Taken }, handler: { name: taken } }
consumed_events:
  - { topic: onex.evt.part${n}.asked.v1, event_type: Asked, external: true }
  - { topic: onex.evt.part${n}.taken.v1, event_type: Taken, external: true }
published_events:
  - { topic: onex.evt.part${n}.accepted.v1, event_type: Accepted }
workflow_coordination:
  workflow_definition:
    workflow_metadata: { workflow_name: part${n}, workflow_version: 1.0.0 }
    execution_graph:
      nodes:
        - { node_id: accepted, node_type: effect, step_config: { event_pattern: part${n}.accepted } }
        - { node_id: price, node_type: compute, depends_on: [accepted] }
        - { node_id: reserve, node_type: effect, depends_on: [accepted] }
        - { node_id: charge, node_type: effect, depends_on: [price, reserve] }
        - { node_id: receipt, node_type: reducer, depends_on: [charge] }
YAML
    cat >"$room/fifty/src/part$n.rs" <<RUST
use onex::{Emit, Event, handler, orchestrator};
use serde::{Deserialize, Serialize};
#[derive(Event, Serialize, Deserialize)]
pub struct Asked { pub id: u64 }
#[derive(Event, Serialize, Deserialize)]
pub struct Taken { pub id: u64 }
#[derive(Event, Serialize, Deserialize)]
pub struct Accepted { pub id: u64 }
#[orchestrator(contract = "contracts/part$n.yaml")]
pub struct Part;
#[handler(event = part::Asked)]
async fn asked(asked: &Asked) -> Emit<part::Asked> { Emit::event(Accepted { id: asked.id }) }
#[handler(event = part::Taken)]
async fn taken(_: &Taken) -> Emit<part::Taken> { Emit::nothing() }
#[handler(step = part::price)]
fn price(accepted: &Accepted) -> u64 { accepted.id }
#[handler(step = part::reserve)]
async fn reserve(accepted: &Accepted) -> u64 { accepted.id }
#[handler(step = part::charge)]
async fn charge(price: &u64, reserve: &u64) -> Result<u64, String> { Ok(price + reserve) }
#[handler(step = part::receipt)]
fn receipt(charge: &u64) -> String { charge.to_string() }
RUST
    cat >"$room/fifty-axum/src/part$n.rs" <<RUST
use axum::{Json, Router, extract::Path, http::StatusCode, routing::{get, post}};
use serde::{Deserialize, Serialize};
#[derive(Serialize, Deserialize)]
pub struct Asked { pub id: u64 }
#[derive(Serialize, Deserialize)]
pub struct Taken { pub id: u64 }
#[derive(Serialize, Deserialize)]
pub struct Accepted { pub id: u64 }
pub fn router() -> Router {
    Router::new().route("/asked", post(asked)).route("/taken", post(taken)).route("/price/{id}", get(price))
        .route("/reserve", post(reserve)).route("/charge", post(charge)).route("/receipt/{id}", get(receipt))
}
async fn asked(Json(asked): Json<Asked>) -> Json<Accepted> { Json(Accepted { id: asked.id }) }
async fn taken(Json(_): Json<Taken>) -> StatusCode { StatusCode::OK }
async fn price(Path(id): Path<u64>) -> String { id.to_string() }
async fn reserve(Json(accepted): Json<Accepted>) -> Json<u64> { Json(accepted.id) }
async fn charge(Json((price, reserve)): Json<(u64, u64)>) -> Result<Json<u64>, StatusCode> { Ok(Json(price + reserve)) }
async fn receipt(Path(id): Path<u64>) -> String { id.to_string() }
RUST
done

programs=(routes routes-bare steps steps-bare fifty fifty-axum)
for program in "${programs[@]}"; do
    [[ $program == *axum ]] || cp "$workspace/Cargo.lock" "$room/$program/"
    (cd "$room/$program" && cargo fetch --quiet && cargo check --quiet --offline 2>/dev/null)
done

# CPU and wall seconds of one check, into $cpu and $wall.
check() {
    local TIMEFORMAT='%U %S %R'
    { time cargo check --quiet --offline >"$room/log" 2>&1 || true; } 2>"$room/time"
    cpu=$(awk '{ printf "%.2f", $1 + $2 }' "$room/time") wall=$(awk '{ print $3 }' "$room/time")
}
median() { sort -n | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'; }

for ((round = 0; round < rounds; round++)); do
    for program in "${programs[@]}"; do
        cd "$room/$program"
        # Clean: nothing is known of this package, all of the others.
        rm -rf "$CARGO_TARGET_DIR/debug/incremental/${program//-/_}"-*
        touch src/lib.rs
        check && echo "$cpu" >>"$room/$program.clean"
        # Saved: one contract, or one file of handlers, has another comment.
        case $program in
        fifty) echo "# $round" >>contracts/part7.yaml ;;
        fifty-axum) echo "// $round" >>src/part7.rs ;;
        *-bare) echo "// $round" >>src/lib.rs ;;
        *) echo "# $round" >>contracts/contract.yaml ;;
        esac
        check && echo "$cpu" >>"$room/$program.saved"
    done
    # To the error: a step that does not exist.
    cd "$room/fifty"
    sed -i 's/depends_on: \[price, reserve\]/depends_on: [price, resrve]/' contracts/part7.yaml
    check && echo "$cpu" >>"$room/error.cpu" && echo "$wall" >>"$room/error.wall"
    grep -q ONEX0204 "$room/log"
    sed -i 's/resrve/reserve/' contracts/part7.yaml
    check
done

printf '| program | clean, CPU s | after saving, CPU s |\n|---|---|---|\n'
for program in "${programs[@]}"; do
    printf '| %s | %s | %s |\n' "$program" "$(median <"$room/$program.clean")" "$(median <"$room/$program.saved")"
done
printf '\nfrom saving a faulty contract to its error: %s s CPU, %s s wall\n' "$(median <"$room/error.cpu")" "$(median <"$room/error.wall")"

printf '\nin the macro, as it prints itself (a macro that is not optimised, as in every `dev` build):\n'
for program in routes steps fifty; do
    cd "$room/$program" && touch src/lib.rs
    ONEX_MACROS_DEBUG=1 cargo check --quiet --offline 2>"$room/expansion" || true
    awk -v program="$program" '
        function ms(text) { return text ~ /µs$/ ? text / 1000 : text ~ /ms$/ ? text + 0 : text * 1000 }
        /^\/\/ onex: / { sort = $3 == "`handler`" ? "handler" : $3 ~ /Event/ ? "derive" : "node"; count[sort]++; time[sort] += ms($NF); next }
        { lines[sort]++ }
        END { for (sort in count) printf "%s: %d of %s, %.2f ms and %d formatted lines each\n", program, count[sort], sort, time[sort] / count[sort], lines[sort] / count[sort] }
    ' "$room/expansion"
done
