#[automatically_derived]
impl ::onex::__private::Intent for RingBell {
    const TYPE: &'static str = "bell.ring";
    type Id = ::onex::__private::IntentId<{ ::onex::__private::intent_hash("bell.ring") }>;
}
