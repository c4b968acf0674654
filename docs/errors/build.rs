//! What cynic's macros read.

fn main() {
    let schema = cynic_codegen::register_schema("shop").from_sdl_file("schemas/shop.graphql");
    schema.unwrap().as_default().unwrap();
}
