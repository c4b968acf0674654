//! Wall-clock time, and the identities that are made of it.

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

/// Milliseconds since the Unix epoch; 0 where the machine's clock is set before it.
pub(crate) fn unix_ms() -> u64 {
    #[cfg(feature = "simulation")]
    if let Some(simulated) = crate::simulation::unix_ms() {
        return simulated;
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A UUID v7 for this moment. Its random part tells apart, it does not keep secrets.
pub(crate) fn time_id(unix_ms: u64) -> Uuid {
    let random = fastrand::u128(..).to_ne_bytes();
    let mut tail = [0; 10];
    tail.copy_from_slice(&random[..10]);
    uuid::Builder::from_unix_timestamp_millis(unix_ms, &tail).into_uuid()
}
