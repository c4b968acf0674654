//! What a node needs and can do: names that stand once.

use super::unique;
use crate::contract::Needs;
use crate::diagnostic::Sink;
use crate::read::{Declarations, Given};

pub(super) fn check(declared: &Declarations, sink: &mut Sink) -> Given<Needs> {
    let needs = &declared.needs;
    let dependencies =
        needs.dependencies.items.iter().map(|needed| (needed.name.value.as_str(), needed.name.span));
    unique::names("dependencies", dependencies, sink);
    let capabilities =
        needs.capabilities.items.iter().map(|found| (found.name.value.as_str(), found.name.span));
    unique::names("capabilities", capabilities, sink);
    let named = needs.operations.items.iter().filter(|operation| operation.named);
    unique::names(
        "operations",
        named.map(|operation| (operation.name.value.as_str(), operation.name.span)),
        sink,
    );
    for operation in &needs.operations.items {
        for (list, parameters) in [("input_fields", &operation.inputs), ("output_fields", &operation.outputs)]
        {
            unique::entries(
                list,
                parameters.iter().map(|field| (field.name.value.as_str(), field.name.span)),
                sink,
            );
        }
    }
    Ok(Needs {
        dependencies: needs.dependencies.clone().all()?,
        capabilities: needs.capabilities.clone().all()?,
        operations: needs.operations.clone().all()?,
        state_model: needs.state_model.clone()?,
    })
}
