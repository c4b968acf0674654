//! The ways in which a trip goes wrong, so that each can be watched.

use serde::{Deserialize, Serialize};

/// What the companies do to a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// All four say yes.
    None,
    /// The third booking is refused: two are undone.
    NoCarLeft,
    /// The hotel does not answer at first: it is asked again, with the same key.
    HotelIsBusy,
    /// The bank takes the money and does not answer in time: nobody knows, so it is refunded.
    BankHangs,
    /// No car, and the hotel's line drops twice while its booking is cancelled.
    CancellingIsHard,
    /// No car, and the airline never cancels: a person has to.
    AirlineNeverCancels,
}

impl Trouble {
    /// Each of them, with what it is called.
    pub const ALL: [(Trouble, &'static str); 6] = [
        (Trouble::None, "all say yes"),
        (Trouble::NoCarLeft, "no car left"),
        (Trouble::HotelIsBusy, "the hotel is busy at first"),
        (Trouble::BankHangs, "the bank takes the money and hangs"),
        (Trouble::CancellingIsHard, "no car, and cancelling the hotel takes three calls"),
        (Trouble::AirlineNeverCancels, "no car, and the airline never cancels"),
    ];
}
