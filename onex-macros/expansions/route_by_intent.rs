#[handler(intent = bell::RingBell)]
async fn ring_bell(ring: RingBell, bells: Dep<Bells>, ctx: Ctx) -> Result<(), Broken> {
    bells.ring(ring).await
}
