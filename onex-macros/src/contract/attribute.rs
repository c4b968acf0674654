//! `contract = "contract.yaml"`, and `crate = path` where onex is renamed.

use syn::parse::{Parse, ParseStream};
use syn::{Error, Ident, LitStr, Path, Token};

use crate::root::Root;

/// The attribute's arguments.
pub(crate) struct Attribute {
    pub(crate) contract: LitStr,
    pub(crate) root: Root,
}

impl Parse for Attribute {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut contract, mut root) = (None, None);
        while !input.is_empty() {
            if input.peek(Token![crate]) {
                input.parse::<Token![crate]>()?;
                input.parse::<Token![=]>()?;
                root = Some(input.call(Path::parse_mod_style)?);
            } else {
                let key: Ident = input.parse()?;
                if key != "contract" {
                    let message = format!(
                        "unknown argument `{key}`: the arguments are `contract = \"file.yaml\"` and `crate = path`"
                    );
                    return Err(Error::new(key.span(), message));
                }
                input.parse::<Token![=]>()?;
                if let Some(first) = contract.replace(input.parse::<LitStr>()?) {
                    return Err(Error::new(
                        first.span(),
                        "a node has one contract, and this is the first of two",
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let contract = contract.ok_or_else(|| {
            input.error(
                "which contract? write `contract = \"contract.yaml\"`, a path from the folder of Cargo.toml",
            )
        })?;
        Ok(Attribute { contract, root: Root::new(root) })
    }
}
