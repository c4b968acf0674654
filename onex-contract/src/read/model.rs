//! Types of the program in the forms in which contracts name them: `{ name, module }`, `module.Name`, `Name`.

use super::field::{self, Field};
use super::{Given, header, names};
use crate::contract::TypeRef;
use crate::diagnostic::Sink;
use crate::source::Spanned;
use crate::syntax::Value;

/// `{ name, module }`, or the name after its module.
pub(super) fn reference(field: Field<'_>, sink: &mut Sink) -> Given<TypeRef> {
    match &field.node.value {
        Value::Str(_) => {
            let path = field::spanned_text(field, sink)?;
            let (module, name) = match path.value.rsplit_once([':', '.']) {
                Some((module, name)) => (Some(module.trim_end_matches(':').to_owned()), name.to_owned()),
                None => (None, path.value),
            };
            let name = names::identifier_named(field, Spanned::new(name, path.span), sink)?;
            let module = module.map(|module| names::module_named(&Spanned::new(module, path.span), sink));
            Ok(TypeRef { name, module: module.transpose()? })
        }
        _ => header::model(field, sink),
    }
}

/// The same, where nothing but documentation is made from it: `list[Model]` is as good.
pub(super) fn documented(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    match &field.node.value {
        Value::Map(_) => header::model(field, sink).map(|_| ()),
        _ => field::text(field, sink).map(|_| ()),
    }
}
