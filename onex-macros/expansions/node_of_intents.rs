#[effect(contract = "expansions/bell.yaml")]
pub(crate) struct Bell;
