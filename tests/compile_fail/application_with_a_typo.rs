//! Arguments that are not there, and values that no topic may have.

#[onex::application(container = (), node = [])]
pub struct Misspelt;

#[onex::application(container = (), nodes = [])]
pub struct Empty;

#[onex::application(container = (), nodes = [Empty], environments = [dev(env = "Dev.EU")])]
pub struct WithDots;

#[onex::application(container = (), nodes = [Empty], environments = [dev(region = "eu")])]
pub struct OfNoPlaceholder;

#[onex::application(container = (), nodes = [Empty])]
pub struct WithState {
    pub orders: u64,
}

fn main() {}
