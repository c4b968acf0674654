//! The parameters of a step, a compensation or a condition: whose outputs it takes, and what rustc is asked to prove about each.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::function::{Function, generic_arguments};
use super::lookup::declared;
use super::parameter::{Asks, Parameter, UNCHANGEABLE, context};
use super::slot::{Slot, SlotKind};
use crate::error::Errors;
use crate::root::{nested, respan};

const FORMS: &str = "what a step takes of others is only lent to it: take `&T`, or `Option<&T>` or `Outcome<&T>` where the output may be absent\nnote: beside the outputs that its parameters are named after, a step takes `Dep<T>` and `Ctx`; an alias of one of these types is not seen";

const OWNED_OUTCOME: &str =
    "an outcome borrows what the step returned, since others may take it too: write `Outcome<&T>`";

const FORMS_OF_A_CONDITION: &str = "what a condition looks at is only lent to it: take `&T`, or `Option<&T>` or `Outcome<&T>` where the output may be absent, named after a step or `input`; an alias of one of these types is not seen";

/// What a parameter is called that takes the entry of the list that a step goes over.
const ITEM: &str = "item";

/// The parameters of a step or a compensation, sorted by what they ask for.
pub(crate) struct Flow {
    /// Names of `name: &T`, `name: Option<&T>` and `name: Outcome<&T>`, as steps.
    pub(crate) steps: Vec<Ident>,
    /// `type __In0 = T;` and `type __Dep1 = Dep<T>;`.
    pub(crate) aliases: TokenStream,
    /// `Required<name, __In0>`, `Optional<..>` or `Told<..>`.
    inputs: Vec<TokenStream>,
    /// The bound names of the inputs.
    input_names: Vec<TokenStream>,
    dep_types: Vec<TokenStream>,
    dep_names: Vec<TokenStream>,
    /// What is passed to the function, in order.
    pub(crate) arguments: Vec<TokenStream>,
    /// What rustc is asked to prove about each.
    pub(crate) checks: TokenStream,
    /// The type of the parameter `item`: the entry of the list that a step goes over.
    pub(crate) item: Option<Ident>,
    /// Where the first `Dep` stands.
    pub(crate) first_dep: Option<Span>,
    /// Where the first `Ctx` stands.
    pub(crate) first_ctx: Option<Span>,
}

impl Flow {
    /// The tuple of the inputs, and the names that it is taken apart into.
    pub(crate) fn inputs(&self) -> (TokenStream, TokenStream) {
        (nested(&self.inputs), nested(&self.input_names))
    }

    /// `type Inputs` and `type Deps`.
    pub(crate) fn types(&self) -> TokenStream {
        let (inputs, deps) = (nested(&self.inputs), nested(&self.dep_types));
        quote! {
            type Inputs = #inputs;
            type Deps = #deps;
        }
    }

    /// Takes both apart, into the names that [`arguments`](Self::arguments) passes on.
    pub(crate) fn bindings(&self) -> TokenStream {
        let (inputs, deps) = (nested(&self.input_names), nested(&self.dep_names));
        quote! {
            let #inputs = __onex_inputs;
            let #deps = __onex_deps;
        }
    }

    /// The same of a group: what came item by item is a slice for each parameter.
    pub(crate) fn group_bindings(&self) -> TokenStream {
        let (inputs, deps) = (nested(&self.input_names), nested(&self.dep_names));
        let names = &self.input_names;
        let lists: Vec<_> = (0..names.len()).map(|index| format_ident!("__list{index}")).collect();
        quote! {
            #(let mut #lists = ::std::vec::Vec::with_capacity(__onex_inputs.len());)*
            for #inputs in __onex_inputs {
                #(#lists.push(#names);)*
            }
            #(let #names = &#lists[..];)*
            let __onex_ctx = &__onex_ctx[..];
            let #deps = __onex_deps;
        }
    }

    /// The marker and every step that a parameter is named after: what is looked up in the node's module.
    pub(crate) fn names(&self, marker: &Ident) -> Vec<Ident> {
        [marker].into_iter().chain(&self.steps).cloned().collect()
    }
}

/// Reads the parameters of the function that handles `slot`.
pub(crate) fn flow(slot: &Slot, function: &Function, errors: &mut Errors) -> Flow {
    let parameters = function.parameters(errors);
    flow_of(slot, &parameters, errors)
}

/// The same of parameters that are read already.
pub(crate) fn flow_of(slot: &Slot, parameters: &[Parameter], errors: &mut Errors) -> Flow {
    let mut flow = Flow {
        steps: Vec::new(),
        aliases: TokenStream::new(),
        inputs: Vec::new(),
        input_names: Vec::new(),
        dep_types: Vec::new(),
        dep_names: Vec::new(),
        arguments: Vec::new(),
        checks: TokenStream::new(),
        item: None,
        first_dep: None,
        first_ctx: None,
    };
    let ctx = context(parameters);
    for (index, parameter) in parameters.iter().enumerate() {
        let bound = format_ident!("__argument{index}");
        match &parameter.asks {
            Asks::Borrowed(ty) | Asks::Optional(ty) | Asks::Told(ty) => {
                let Some(step) = errors.keep(parameter.step()) else { continue };
                if slot.kind == SlotKind::Step && step == ITEM && matches!(parameter.asks, Asks::Borrowed(_))
                {
                    item(&mut flow, slot, parameter, index, ty);
                    continue;
                }
                let (need, edge) = match parameter.asks {
                    Asks::Borrowed(_) => ("Required", "RequiredEdge"),
                    Asks::Told(_) => ("Told", "OptionalEdge"),
                    _ => ("Optional", "OptionalEdge"),
                };
                input(&mut flow, slot, (parameter, step), index, ty, (need, edge));
            }
            Asks::Context => {
                flow.first_ctx.get_or_insert(parameter.span);
                flow.arguments.push(ctx.clone());
            }
            Asks::Dependency(ty) => {
                let alias = format_ident!("__Dep{index}");
                flow.aliases.extend(quote!(type #alias = #ty;));
                flow.dep_types.push(quote!(#alias));
                flow.dep_names.push(quote!(#bound));
                flow.arguments.push(quote!(#bound));
                flow.first_dep.get_or_insert(parameter.span);
            }
            Asks::Owned(ty) if is_owned_outcome(ty) => errors.at(parameter.span, OWNED_OUTCOME),
            Asks::Owned(_) => {
                let is_condition = slot.kind == SlotKind::Condition;
                errors.at(parameter.span, if is_condition { FORMS_OF_A_CONDITION } else { FORMS });
            }
            Asks::Mutable(_) => errors.at(parameter.span, UNCHANGEABLE),
        }
    }
    flow
}

/// `Outcome<T>`, where the reference was forgotten.
fn is_owned_outcome(ty: &syn::Type) -> bool {
    generic_arguments(ty, "Outcome").is_some_and(|arguments| arguments.len() == 1)
}

fn item(flow: &mut Flow, slot: &Slot, parameter: &Parameter, index: usize, ty: &syn::Type) {
    let (private, marker) = (slot.root.private(), &slot.marker);
    let (alias, bound) = (format_ident!("__In{index}"), format_ident!("__argument{index}"));
    flow.aliases.extend(quote!(type #alias = #ty;));
    flow.inputs.push(quote!(#private::Item<#alias>));
    flow.arguments.push(quote!(#bound));
    flow.input_names.push(quote!(#bound));
    let goes_over = format_ident!("__goes_over_{index}");
    let check = quote!(fn #goes_over() { #private::OverAList::<#marker>(#private::PhantomData).check() });
    flow.checks.extend(respan(check, parameter.span));
    flow.item = Some(alias);
}

fn input(
    flow: &mut Flow,
    slot: &Slot,
    (parameter, step): (&Parameter, Ident),
    index: usize,
    ty: &syn::Type,
    (need, edge): (&str, &str),
) {
    let (private, marker) = (slot.root.private(), &slot.marker);
    let (alias, bound) = (format_ident!("__In{index}"), format_ident!("__argument{index}"));
    let (need, edge) = (format_ident!("{need}"), format_ident!("{edge}"));
    flow.aliases.extend(quote!(type #alias = #ty;));
    flow.inputs.push(quote!(#private::#need<#step, #alias>));
    flow.arguments.push(quote!(#bound));
    flow.input_names.push(quote!(#bound));
    flow.checks.extend(declared(slot, &step, "Output"));
    let depends_on = format_ident!("__depends_on_{index}");
    let depends =
        quote!(fn #depends_on() { #private::#edge::<#step, #marker>(#private::PhantomData).check() });
    flow.checks.extend(respan(depends, step.span()));
    let check = format_ident!("__check_{index}");
    let fits = quote!(fn #check() { #private::Param::<#step, #alias>(#private::PhantomData).check() });
    flow.checks.extend(respan(fits, parameter.span));
    flow.steps.push(step);
}
