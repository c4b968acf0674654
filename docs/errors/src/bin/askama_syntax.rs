use askama::Template;

#[derive(Template)]
#[template(path = "broken.txt")]
struct Receipt {
    cents: u64,
}

fn main() {
    println!("{}", Receipt { cents: 1 }.render().unwrap());
}
