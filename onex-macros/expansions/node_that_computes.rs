#[compute(contract = "expansions/pricing.yaml", crate = renamed)]
struct Pricing;
