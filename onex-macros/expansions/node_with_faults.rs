#[effect(contract = "expansions/faulty.yaml")]
struct Bell;
