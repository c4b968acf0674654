#[handler(compensation = shop::release)]
async fn release(reserve: Option<&u64>) {}
