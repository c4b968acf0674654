use dropshot::{HttpError, RequestContext};

struct Receipt {
    cents: u64,
}

#[dropshot::endpoint { method = POST, path = "/orders" }]
async fn place_order(_: RequestContext<()>) -> Result<Receipt, HttpError> {
    Ok(Receipt { cents: 1 })
}

fn main() {
    let mut api = dropshot::ApiDescription::new();
    api.register(place_order).unwrap();
}
