#[reducer(contract = "expansions/door.yaml")]
struct Door;
