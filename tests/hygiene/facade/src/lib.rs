//! What a company puts in front of a library: another name for it, and the events that its programs share.

pub use onex as engine;
pub use serde;
pub use tokio;

/// The events of all programs.
pub mod events {
    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Serialize};

    /// A parcel has left the house.
    #[derive(Debug, Clone, onex::Event, Serialize, Deserialize)]
    pub struct ParcelSent {
        /// Which.
        pub parcel: u64,
    }

    /// One shape for every thing that changes: generic, with a name for each thing.
    #[derive(Debug, Clone, Serialize, Deserialize)]
    pub struct Changed<T> {
        /// Which version this is.
        pub version: u64,
        /// What it is now.
        pub now: T,
    }

    /// A thing whose changes are events.
    pub trait Thing: Serialize + DeserializeOwned + Send + Sync + 'static {
        /// What contracts call such an event.
        const CHANGED: &'static str;
    }

    impl<T: Thing> onex::Event for Changed<T> {
        const NAME: &'static str = T::CHANGED;
    }
}
