use diesel::prelude::*;

diesel::table! {
    orders (id) {
        id -> Integer,
        cents -> BigInt,
    }
}

fn main() {
    let _ = orders::table.filter(orders::cents.eq("ten"));
}
