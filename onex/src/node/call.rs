//! Steps that are workflows: what such a step's handler returns, and how rustc knows what the step gives. Must not know how a
//! run is driven.

use std::any::TypeId;
use std::fmt;

use super::step::{Step, StepOutput};
use super::{Completes, Fault, Node, Workflow};
use crate::message::{Payload, StepValue};
use crate::plan::NodeTable;

/// What the handler of a step returns that is a workflow: which workflow, and what a run of it starts with.
///
/// The step's output is that of the run: what the last step of that workflow returns.
///
/// ```
/// use onex::{Call, handler, orchestrator};
/// use serde::{Deserialize, Serialize};
///
/// // Two steps: `weigh`, and `label`, on which no other depends.
/// #[orchestrator(contract = "doc/parcels.yaml")]
/// pub struct Parcels;
///
/// // Its step `pack` has `workflow: parcels`.
/// #[orchestrator(contract = "doc/shipments.yaml")]
/// pub struct Shipments;
///
/// #[derive(Serialize, Deserialize)]
/// pub struct Parcel { grams: u64 }
/// #[derive(Serialize, Deserialize)]
/// pub struct Goods { each: u64, pieces: u64 }
/// # #[handler(step = parcels::weigh)]
/// # fn weigh(input: &Parcel) -> Result<u64, String> {
/// #     if input.grams > 0 { Ok(input.grams) } else { Err("it weighs nothing".to_owned()) }
/// # }
/// # #[handler(step = parcels::label)]
/// # fn label(weigh: &u64) -> String {
/// #     format!("{weigh} g")
/// # }
///
/// #[handler(call = shipments::pack)]
/// fn pack(input: &Goods) -> Call<Parcels> {
///     Call::with(Parcel { grams: input.each * input.pieces })
/// }
///
/// #[handler(step = shipments::hand_over)]
/// fn hand_over(pack: &String) -> String {
///     format!("with the label `{pack}`")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = onex::Runtime::builder(()).mount::<Parcels>().mount::<Shipments>().build()?;
/// assert_eq!(*runtime.complete::<Shipments>(Goods { each: 100, pieces: 4 }).await?, "with the label `400 g`");
/// # Ok(())
/// # }
/// ```
pub struct Call<N: Workflow> {
    input: N::Input,
}

impl<N: Workflow> Call<N> {
    /// A run of the workflow of `N` that starts with `input`.
    #[must_use]
    pub fn with(input: N::Input) -> Self {
        Call { input }
    }
}

impl<N: Workflow<Input: fmt::Debug>> fmt::Debug for Call<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("node", &N::TABLE.name).field("input", &self.input).finish()
    }
}

/// A [`Call`], its node forgotten.
pub trait Calls {
    /// What the step gives.
    type Output: 'static;
    /// Whose workflow it is.
    const CALLEE: Callee;
    /// What a run of it starts with.
    fn into_input(self) -> Payload;
}

impl<N> Calls for Call<N>
where
    N: Workflow<Input: StepValue> + Completes<Last: StepOutput<Type: StepValue>>,
{
    type Output = <N::Last as StepOutput>::Type;
    const CALLEE: Callee =
        Callee { node: || TypeId::of::<N>(), table: <N as Node>::TABLE, last: <N::Last as Step>::INDEX };
    fn into_input(self) -> Payload {
        Payload::new(self.input)
    }
}

/// The workflow that a step is.
#[derive(Debug, Clone, Copy)]
pub struct Callee {
    /// The type of its node.
    pub node: fn() -> TypeId,
    /// Its node.
    pub table: &'static NodeTable,
    /// The step whose output is that of a run.
    pub last: u32,
}

/// A step that is a workflow. Written by the node's macro.
///
/// `X` is a dummy: see [`StepHandler`](super::step::StepHandler).
pub trait MayCall<X> {
    /// `workflow`.
    const WORKFLOW: &'static str;
    /// The lines of the contract that say so.
    const AT: &'static str;
}

pub(super) fn not_called() -> Fault {
    Fault::permanent("a step that is no workflow is not asked for what a run starts with")
}
