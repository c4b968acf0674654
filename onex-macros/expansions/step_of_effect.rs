#[handler(step = shop::charge)]
async fn charge(price: &Price, reserve: Option<&u64>, bank: Dep<Bank>, ctx: Ctx) -> Result<Receipt, Refused> {
    bank.charge(price, ctx.attempt).await
}
