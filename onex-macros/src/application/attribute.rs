//! `container = App, nodes = [Orders, Audit], environments = [dev(env = "dev")], crate = path`.

use onex_contract::Topic;
use proc_macro2::Span;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Ident, LitStr, Path, Token, Type};

use crate::root::Root;

const ARGUMENTS: &str = "the arguments are `container = App`, `nodes = [Orders, Audit]`, \
                         `environments = [dev(env = \"dev\", namespace = \"shop\")]` and `crate = path`";

/// The attribute's arguments.
pub(super) struct Attribute {
    pub(super) container: Type,
    pub(super) nodes: Vec<Path>,
    /// The brackets around the nodes: where errors about all of them point.
    pub(super) nodes_at: Span,
    pub(super) environments: Vec<Environment>,
    pub(super) root: Root,
}

/// `dev(env = "dev", namespace = "shop")`.
pub(super) struct Environment {
    pub(super) name: Ident,
    pub(super) values: Vec<(Ident, LitStr)>,
}

impl Environment {
    /// The constant that the application has for it.
    pub(super) fn constant(&self) -> Ident {
        format_ident!("{}", self.name.unraw().to_string().to_uppercase(), span = self.name.span())
    }
}

impl Parse for Attribute {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut container, mut nodes, mut environments, mut root) = (None, None, None, None);
        while !input.is_empty() {
            let key = input.call(Ident::parse_any)?;
            input.parse::<Token![=]>()?;
            let is_second = match key.to_string().as_str() {
                "container" => container.replace(input.parse::<Type>()?).is_some(),
                "nodes" => nodes.replace(list(input, Path::parse_mod_style)?).is_some(),
                "environments" => environments.replace(list(input, Environment::parse)?.0).is_some(),
                "crate" => root.replace(input.call(Path::parse_mod_style)?).is_some(),
                _ => return Err(Error::new(key.span(), format!("unknown argument `{key}`: {ARGUMENTS}"))),
            };
            if is_second {
                return Err(Error::new(
                    key.span(),
                    format!("an application has one `{key}`, and this is the second"),
                ));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let missing = |what: &str| input.error(format!("which {what}? {ARGUMENTS}"));
        let (nodes, nodes_at) = nodes.ok_or_else(|| missing("nodes"))?;
        if nodes.is_empty() {
            return Err(Error::new(nodes_at, "an application has at least one node"));
        }
        let environments = environments.unwrap_or_default();
        distinct(&environments)?;
        Ok(Attribute {
            container: container.ok_or_else(|| missing("container"))?,
            nodes,
            nodes_at,
            environments,
            root: Root::new(root),
        })
    }
}

/// What is in brackets, separated by commas.
fn list<T>(
    input: ParseStream<'_>,
    item: fn(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<(Vec<T>, Span)> {
    let content;
    let brackets = syn::bracketed!(content in input);
    let items = Punctuated::<T, Token![,]>::parse_terminated_with(&content, item)?;
    Ok((items.into_iter().collect(), brackets.span.join()))
}

impl Parse for Environment {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        let content;
        syn::parenthesized!(content in input);
        let values = Punctuated::<_, Token![,]>::parse_terminated_with(&content, value)?;
        let values: Vec<(Ident, LitStr)> = values.into_iter().collect();
        for (index, (placeholder, _)) in values.iter().enumerate() {
            if values[..index].iter().any(|(other, _)| other == placeholder) {
                let message = format!("`{name}` has one value for `{placeholder}`, and this is the second");
                return Err(Error::new(placeholder.span(), message));
            }
        }
        Ok(Environment { name, values })
    }
}

/// `env = "dev"`: a placeholder that topics may have, and a value that a topic may have there.
fn value(input: ParseStream<'_>) -> syn::Result<(Ident, LitStr)> {
    let placeholder: Ident = input.parse()?;
    let known = Topic::parse("{env}.{namespace}.producer.evt.event-name.v1");
    let known = known.as_ref().map_or(&[] as &[&str], Topic::placeholders);
    if !known.iter().any(|known| placeholder == known) {
        let known: Vec<String> = known.iter().map(|known| format!("`{{{known}}}`")).collect();
        let message =
            format!("topics have no placeholder `{{{placeholder}}}`: they have {}", known.join(" and "));
        return Err(Error::new(placeholder.span(), message));
    }
    input.parse::<Token![=]>()?;
    let value: LitStr = input.parse()?;
    // Where it will stand, the same is allowed as for a producer.
    if let Err(error) = Topic::parse(&format!("onex.evt.{}.event-name.v1", value.value())) {
        let message = match error.fault {
            onex_contract::TopicFault::Segment(_) => {
                "a segment of a topic is lower-case words of letters and digits, joined by `-`, starting with a letter"
            }
            _ => "the value of a placeholder is one segment of a topic, without dots",
        };
        return Err(Error::new(value.span(), message));
    }
    Ok((placeholder, value))
}

fn distinct(environments: &[Environment]) -> syn::Result<()> {
    for (index, environment) in environments.iter().enumerate() {
        if environments[..index].iter().any(|other| other.constant() == environment.constant()) {
            let message = format!("there is an environment `{}` already", environment.name);
            return Err(Error::new(environment.name.span(), message));
        }
        if environment.constant() == "ENVIRONMENTS" {
            let message = "`ENVIRONMENTS` is the list of all; choose another name";
            return Err(Error::new(environment.name.span(), message));
        }
    }
    Ok(())
}
