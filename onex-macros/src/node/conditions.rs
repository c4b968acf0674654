//! Conditions of steps: each becomes a function over what is known of the run, in which a field of an output is a field
//! of its type.

use std::collections::BTreeSet;

use onex_contract::{Condition, Ended, Operator, OutputOf, OutputPath, Step, Workflow};
use proc_macro2::{Ident, Span as TokenSpan, TokenStream};
use quote::{format_ident, quote};

use super::comparison::{comparison, question};
use super::field::{LookedAt, bind};
use super::{Context, escape, ident};
use crate::root::respan;

/// The functions of all steps that have a condition.
pub(crate) fn expand(context: &Context<'_>) -> TokenStream {
    let Some(workflow) = &context.contract.workflow else { return TokenStream::new() };
    let private = context.private();
    let lists = workflow
        .steps
        .iter()
        .filter_map(|step| Some(Writer { context, workflow, step }.entries(step.for_each.as_ref()?)));
    let functions = workflow.steps.iter().filter_map(|step| {
        let condition = step.condition.as_ref()?;
        let name = function(step);
        let test = Writer { context, workflow, step }.test(condition);
        Some(quote! {
            fn #name(known: &#private::Known<'_>) -> ::core::primitive::bool {
                #test
            }
        })
    });
    lists.chain(functions).collect()
}

/// The function of a step's condition.
pub(super) fn function(step: &Step) -> Ident {
    format_ident!("__onex_condition_of_{}", step.ident.trim_start_matches("r#"))
}

/// The function of the list that a step goes over.
pub(super) fn entries(step: &Step) -> Ident {
    format_ident!("__onex_entries_of_{}", step.ident.trim_start_matches("r#"))
}

/// The steps that a step's condition looks at, each once.
pub(super) fn looks_at(step: &Step) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    if let Some(condition) = &step.condition {
        collect(condition, &mut found);
    }
    found
}

/// For each step the branch before it in its group.
pub(super) fn else_of(workflow: &Workflow) -> Vec<Option<usize>> {
    let mut before = vec![None; workflow.steps.len()];
    for pair in workflow.branch_groups.iter().flat_map(|group| group.steps.windows(2)) {
        before[pair[1]] = Some(pair[0]);
    }
    before
}

fn collect(condition: &Condition, found: &mut BTreeSet<usize>) {
    match condition {
        Condition::Output { path: OutputPath { of: OutputOf::Step(step), .. }, .. } => {
            found.insert(*step);
        }
        Condition::Outcome { step, .. } => {
            found.insert(step.value);
        }
        Condition::Output { .. } | Condition::Custom { .. } => {}
        Condition::All(conditions) | Condition::Any(conditions) => {
            conditions.iter().for_each(|condition| collect(condition, found));
        }
    }
}

/// What all tests of one condition have in common.
struct Writer<'c> {
    context: &'c Context<'c>,
    workflow: &'c Workflow,
    step: &'c Step,
}

impl Writer<'_> {
    fn test(&self, condition: &Condition) -> TokenStream {
        match condition {
            Condition::Output { path, operator, value } => match (operator, &path.fields[..]) {
                (Operator::Exists, []) => {
                    let output = self.output(path);
                    quote!({ type Stand0 = (); #output.is_some() })
                }
                (Operator::NotExists, []) => {
                    let output = self.output(path);
                    quote!({ type Stand0 = (); #output.is_none() })
                }
                _ => self.compared(path, *operator, value.as_ref()),
            },
            Condition::Outcome { step, ended } => {
                let marker = self.context.ident(&self.workflow.steps[step.value].ident);
                let method = format_ident!(
                    "{}",
                    match ended {
                        Ended::Success => "succeeded",
                        Ended::Error => "failed",
                        Ended::Timeout => "timed_out",
                    }
                );
                quote!(known.#method::<__onex_node::#marker>())
            }
            Condition::Custom { ident, .. } => {
                let (private, marker) = (self.context.private(), self.context.ident(ident));
                quote!(#private::Decided::<__onex_node::#marker>(#private::PhantomData).holds(known))
            }
            Condition::All(conditions) => {
                let tests = conditions.iter().map(|condition| self.test(condition));
                quote!((#(#tests)&&*))
            }
            Condition::Any(conditions) => {
                let tests = conditions.iter().map(|condition| self.test(condition));
                quote!((#(#tests)||*))
            }
        }
    }

    /// A copy of each entry of the list that the step goes over.
    fn entries(&self, path: &OutputPath) -> TokenStream {
        let (context, private, name) = (self.context, self.context.private(), entries(self.step));
        let (output, stand_in) = (self.output(path), stand_in(&private, path));
        let marker = context.ident(&self.step.ident);
        let fields: Vec<&str> = path.fields.iter().map(String::as_str).collect();
        let list = match fields[..] {
            [] => quote!(let field = output;),
            _ => bind(context, &quote!(output), &fields, LookedAt { by: "for_each", span: path.span }),
        };
        let copies = respan(
            quote!(#private::EntriesFor::<__onex_node::#marker>(#private::PhantomData).copies(field)),
            context.literal,
        );
        let is_a_list = self.is_a_list(path, &marker);
        quote! {
            #is_a_list
            fn #name(known: &#private::Known<'_>) -> #private::Option<#private::Vec<#private::Payload>> {
                #stand_in
                let output = #output?;
                #list
                #private::Option::Some(#copies)
            }
        }
    }

    /// What the step goes over is a list of what its handler takes, or the message is the contract's.
    fn is_a_list(&self, path: &OutputPath, marker: &Ident) -> TokenStream {
        let (context, private) = (self.context, self.context.private());
        let message = format!(
            "the step `{}` goes over `{}`, which is a `{{Self}}` and no list of `{{T}}`",
            self.step.id.value,
            self.written(path)
        );
        let declared = format!("the list is named here\n{}", context.escaped(path.span));
        quote! {
            const _: () = {
                #[diagnostic::on_unimplemented(
                    message = #message,
                    label = "the handler takes each entry as `item: &{T}`",
                    note = #declared,
                    note = "a list is a `Vec`, a `VecDeque` or a `BTreeSet`"
                )]
                trait IsAListOf<T: 'static> {
                    fn entries(&self) -> impl ::core::iter::Iterator<Item = &T>;
                }
                #[diagnostic::do_not_recommend]
                impl<L: #private::Entries<T>, T: 'static> IsAListOf<T> for L {
                    fn entries(&self) -> impl ::core::iter::Iterator<Item = &T> {
                        #private::Entries::entries(self)
                    }
                }
                impl<L: IsAListOf<T>, T: 'static> #private::GoesOver<L, T> for __onex_node::#marker {
                    fn entries(list: &L) -> impl ::core::iter::Iterator<Item = &T> {
                        IsAListOf::entries(list)
                    }
                }
            };
        }
    }

    /// A path as the contract writes it.
    fn written(&self, path: &OutputPath) -> String {
        let of = match path.of {
            OutputOf::Input => "input",
            OutputOf::Step(step) => &self.workflow.steps[step].id.value,
        };
        let parts: Vec<&str> = [of].into_iter().chain(path.fields.iter().map(String::as_str)).collect();
        parts.join(".")
    }

    /// The output that is looked at, with its type; where its step has no handler, a `Stand0`.
    fn output(&self, path: &OutputPath) -> TokenStream {
        let private = self.context.private();
        let marker = match path.of {
            OutputOf::Input => format_ident!("input"),
            OutputOf::Step(step) => self.context.ident(&self.workflow.steps[step].ident),
        };
        respan(
            quote!(#private::Output::<__onex_node::#marker>(#private::PhantomData).of(known, #private::PhantomData::<Stand0>)),
            self.context.literal,
        )
    }

    /// A test of a field, with a trait of its own: a field that cannot be compared so is told with the contract's line.
    fn compared(
        &self,
        path: &OutputPath,
        operator: Operator,
        value: Option<&onex_contract::Literal>,
    ) -> TokenStream {
        let (context, private) = (self.context, self.context.private());
        let output = self.output(path);
        let (bounds, test) = comparison(&private, operator, value);
        let message = format!(
            "the condition of `{}` asks whether `{}` {}, and that cannot be asked of a `{{Self}}`",
            self.step.id.value,
            self.written(path),
            escape(&question(operator, value))
        );
        let declared = format!("the condition is here\n{}", context.escaped(path.span));
        let fields: Vec<&str> = path.fields.iter().map(String::as_str).collect();
        let bound = bind(context, &quote!(output), &fields, LookedAt { by: "condition", span: path.span });
        let holds = respan(quote!(condition_holds(field)), context.literal);
        let absent = operator == Operator::NotExists;
        let stand_in = stand_in(&private, path);
        quote! { {
            #stand_in
            #[diagnostic::on_unimplemented(message = #message, label = "a condition of this contract looks at a field of this type", note = #declared)]
            trait CanBeAsked {
                fn holds(&self) -> ::core::primitive::bool;
            }
            #[diagnostic::do_not_recommend]
            impl<__T: #bounds> CanBeAsked for __T {
                fn holds(&self) -> ::core::primitive::bool {
                    #test
                }
            }
            fn condition_holds<__T: CanBeAsked>(field: &__T) -> ::core::primitive::bool {
                field.holds()
            }
            match #output {
                #private::Option::Some(output) => {
                    #bound
                    #holds
                }
                #private::Option::None => #absent,
            }
        } }
    }
}

/// A type that has the field which is looked at, and a field that can be asked anything.
fn stand_in(private: &TokenStream, path: &OutputPath) -> TokenStream {
    let name = |depth: usize| format_ident!("Stand{depth}");
    let structs = path.fields.iter().enumerate().map(|(depth, field)| {
        let (outer, field, inner) = (name(depth), ident(field, TokenSpan::call_site()), name(depth + 1));
        quote!(struct #outer { #field: #inner })
    });
    let leaf = name(path.fields.len());
    quote!(#(#structs)* type #leaf = #private::UnknownField;)
}
