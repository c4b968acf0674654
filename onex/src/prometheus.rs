//! The metrics of a program where Prometheus reads them: `GET /metrics`, over HTTP.
//!
//! | metric | sort | labels |
//! |---|---|---|
//! | `workflow_duration_seconds` | histogram | `workflow_type`, `execution_status` |
//! | `workflow_step_count` | gauge | `workflow` |
//! | `actions_emitted_total` | counter | `action_type` |
//! | `workflow_errors_total` | counter | `error_type`, `workflow_type` |
//! | `active_workflows` | gauge | |
//!
//! All labels are words of contracts and of onex: nothing that a message carries makes a new time series.

use std::net::SocketAddr;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tokio::task::JoinHandle;

/// How long runs take, in seconds: from what computes to what waits for people.
const DURATIONS: [f64; 12] = [0.005, 0.02, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 3600.0];

/// Why metrics cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on: {why}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        why: String,
    },
    /// The program has a recorder of metrics already.
    #[error(
        "the program has a recorder of metrics already; install one, at the start, before a runtime is built"
    )]
    RecorderSet,
}

/// Where metrics are served. Dropping it stops that; what is counted goes on.
#[derive(Debug)]
#[must_use = "dropping it stops serving"]
pub struct Endpoint {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Endpoint {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Installs a recorder for the program and serves what it has. To be called before a runtime is built, since a runtime
/// registers its metrics then.
///
/// Whoever reaches the address can read it: give one of the loopback, or of a network that is yours.
///
/// ```no_run
/// # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
/// let _metrics = onex::prometheus::serve(([127, 0, 0, 1], 9000).into())?;
/// let runtime = onex::Runtime::builder(()).build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The address is taken or not ours, or there is a recorder already.
///
/// # Panics
/// Outside a tokio runtime with its I/O enabled.
pub fn serve(address: SocketAddr) -> Result<Endpoint, ServeError> {
    let listen =
        |why: metrics_exporter_prometheus::BuildError| ServeError::Listen { address, why: why.to_string() };
    let duration = Matcher::Full("workflow_duration_seconds".to_owned());
    let builder = PrometheusBuilder::new().with_http_listener(address);
    let builder = builder.set_buckets_for_metric(duration, &DURATIONS).map_err(listen)?;
    let (recorder, exporter) = builder.build().map_err(listen)?;
    metrics::set_global_recorder(recorder).map_err(|_| ServeError::RecorderSet)?;
    let server = tokio::spawn(async move {
        // It ends only if listening does; then nobody is served any more, which whoever reads will notice.
        let _ = exporter.await;
    });
    Ok(Endpoint { address, server })
}
