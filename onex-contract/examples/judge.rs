use onex_contract::*;
fn main() {
    for path in std::env::args().skip(1) {
        println!("=== {path}");
        let text = std::fs::read_to_string(&path).unwrap();
        match parse(&Source::new(path.rsplit('/').next().unwrap(), text)).map(Contract::executable) {
            Ok(Ok(_)) => println!("valid"),
            Ok(Err(un)) => println!("valid, not executed:\n{un}"),
            Err(f) => println!("{f}"),
        }
    }
}
