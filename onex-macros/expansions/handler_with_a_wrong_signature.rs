#[handler(step = shop::price)]
fn price((a, b): &(u64, u64)) -> u64 {
    a + b
}
