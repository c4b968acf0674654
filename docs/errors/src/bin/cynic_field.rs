#[cynic::schema("shop")]
mod schema {}

#[derive(cynic::QueryFragment)]
struct Order {
    id: cynic::Id,
    totl: i32,
}

fn main() {}
