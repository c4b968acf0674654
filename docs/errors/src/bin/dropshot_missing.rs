use dropshot::{HttpError, HttpResponseOk, RequestContext};

#[dropshot::api_description]
trait Shop {
    type Context;

    #[endpoint { method = POST, path = "/orders" }]
    async fn place_order(rqctx: RequestContext<Self::Context>) -> Result<HttpResponseOk<()>, HttpError>;

    #[endpoint { method = POST, path = "/charges" }]
    async fn charge(rqctx: RequestContext<Self::Context>) -> Result<HttpResponseOk<()>, HttpError>;
}

enum Program {}

impl Shop for Program {
    type Context = ();

    async fn place_order(_: RequestContext<()>) -> Result<HttpResponseOk<()>, HttpError> {
        Ok(HttpResponseOk(()))
    }
}

fn main() {
    let _ = shop_mod::api_description::<Program>();
}
