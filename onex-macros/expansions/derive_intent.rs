#[derive(Intent)]
#[intent("bell.ring")]
struct RingBell;
