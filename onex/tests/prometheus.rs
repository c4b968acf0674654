//! The metrics over HTTP, on the loopback. One test: a program has one recorder.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[macro_use]
#[path = "engine/support/mod.rs"]
mod support;

use std::net::{SocketAddr, TcpListener};

use onex::prometheus::{ServeError, serve};
use support::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

workflow!(chain {} [a Effect []; b Compute [0]]);

async fn get(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn what_a_runtime_did_is_served_and_a_taken_address_is_told() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = taken.local_addr().unwrap();
    let refused = serve(address).unwrap_err();
    assert!(matches!(refused, ServeError::Listen { address: of, .. } if of == address), "{refused}");
    drop(taken);

    let endpoint = serve(address).unwrap();
    let (_, runtime) = on::<chain::Node>();
    run::<chain::Node>(&runtime).await;
    let answer = get(endpoint.address()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    for line in [
        "# TYPE workflow_duration_seconds histogram",
        "workflow_duration_seconds_count{workflow_type=\"standard\",execution_status=\"completed\"} 1",
        "workflow_step_count{workflow=\"chain\"} 2",
        "actions_emitted_total{action_type=\"compute\"} 1",
        "actions_emitted_total{action_type=\"effect\"} 1",
        "workflow_errors_total{error_type=\"timeout\",workflow_type=\"standard\"} 0",
        "active_workflows 0",
    ] {
        assert!(answer.contains(line), "{line} is not in {answer}");
    }
    let another = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    assert!(matches!(serve(another).unwrap_err(), ServeError::RecorderSet));
}
