//! The attribute's one form: a slot and a path to what the contract declares.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Ident, Path, Token};

use crate::root::Root;

/// `step = order_workflow::charge`.
pub(crate) struct Slot {
    pub(crate) kind: SlotKind,
    /// Where the slot is named.
    pub(crate) at: Span,
    /// `order_workflow`: the module that the node's macro wrote.
    pub(crate) module: Path,
    /// `charge`: the marker in it.
    pub(crate) marker: Ident,
    pub(crate) root: Root,
}

/// What a handler can be written for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlotKind {
    Event,
    Intent,
    Step,
    Batch,
    Fold,
    Call,
    Compensation,
    Condition,
    Transition,
    Operation,
    Payload,
    Topic,
    Default,
}

const FORM: &str = "write one slot and one path: `event = order_workflow::OrderPlaced`, `intent = payment_effect::ProcessPayment`, `step = order_workflow::charge` (`batch = ..` for groups of items, `fold = ..` for a reducer over them, `call = ..` for a step that is a workflow), `compensation = order_workflow::release`, `condition = order_workflow::is_large`, `transition = order_totals::OrderPaid`, `operation = user_storage::store_user`, `payload = user_storage::user`, `topic = user_storage::users_changed` or `default = user_storage::default`";

impl SlotKind {
    /// What a route of this slot is looked up as, and what its message is called.
    pub(crate) fn route(self) -> Option<(&'static str, &'static str)> {
        match self {
            SlotKind::Event => Some(("Event", "event")),
            SlotKind::Intent => Some(("Intent", "intent")),
            SlotKind::Operation => Some(("Operation", "message")),
            SlotKind::Payload => Some(("Payload", "message")),
            SlotKind::Topic => Some(("Topic", "message")),
            SlotKind::Default => Some(("Default", "envelope")),
            SlotKind::Step
            | SlotKind::Batch
            | SlotKind::Fold
            | SlotKind::Call
            | SlotKind::Compensation
            | SlotKind::Condition
            | SlotKind::Transition => None,
        }
    }

    fn parse(ident: &Ident) -> syn::Result<Self> {
        match ident.to_string().as_str() {
            "event" => Ok(SlotKind::Event),
            "intent" => Ok(SlotKind::Intent),
            "step" => Ok(SlotKind::Step),
            "batch" => Ok(SlotKind::Batch),
            "fold" => Ok(SlotKind::Fold),
            "call" => Ok(SlotKind::Call),
            "compensation" => Ok(SlotKind::Compensation),
            "condition" => Ok(SlotKind::Condition),
            "transition" => Ok(SlotKind::Transition),
            "operation" => Ok(SlotKind::Operation),
            "payload" => Ok(SlotKind::Payload),
            "topic" => Ok(SlotKind::Topic),
            "default" => Ok(SlotKind::Default),
            other => {
                Err(Error::new(ident.span(), format!("`{other}` is no slot of a contract\nhelp: {FORM}")))
            }
        }
    }
}

impl Parse for Slot {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.is_empty() {
            return Err(Error::new(
                Span::call_site(),
                format!("what does this function handle?\nhelp: {FORM}"),
            ));
        }
        let slot = input.call(Ident::parse_any)?;
        let kind = SlotKind::parse(&slot)?;
        input.parse::<Token![=]>()?;
        let path = input.call(Path::parse_mod_style)?;
        let mut root = None;
        if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
            if !input.is_empty() {
                input.parse::<Token![crate]>()?;
                input.parse::<Token![=]>()?;
                root = Some(input.call(Path::parse_mod_style)?);
            }
        }
        if !input.is_empty() {
            return Err(input.error(FORM));
        }
        let (module, marker) = split(path)?;
        Ok(Slot { kind, at: slot.span(), module, marker, root: Root::new(root) })
    }
}

/// The module and the last segment.
fn split(mut path: Path) -> syn::Result<(Path, Ident)> {
    let mut segments: Vec<_> = path.segments.into_iter().collect();
    let Some(marker) = segments.pop().map(|segment| segment.ident) else {
        return Err(Error::new(Span::call_site(), FORM));
    };
    if segments.is_empty() {
        let message = format!(
            "`{marker}` of which node? write its module too: `order_workflow::{marker}`\n\
             note: the path also leads to the names beside it, which the parameters refer to; `use order_workflow as flow` is fine"
        );
        return Err(Error::new(marker.span(), message));
    }
    path.segments = segments.into_iter().collect();
    Ok((path, marker))
}
