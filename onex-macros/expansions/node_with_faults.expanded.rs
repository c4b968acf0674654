struct Bell;
::core::compile_error! { "`node_type`: there is no `efect` [ONEX0105]\n --> expansions/faulty.yaml:2:12\n  |\n2 | node_type: efect\n  |            ^^^^^ unknown value\n  |\n  = note: it is one of `compute`, `effect`, `reducer`, `orchestrator`\nhelp: there is `effect`\n  |\n2 | node_type: effect\n  |              +" }
#[doc = r" What can be read of the contract's names."]
#[allow(non_camel_case_types, dead_code, clippy::all, clippy::pedantic)]
mod bell {
    ::onex::__onex_placeholders! { pub (super) , RingBell input node_faulty_effect ring_bell }
    #[doc(hidden)]
    pub(super) const __NAMES: ::onex::__private::Names = ::onex::__private::Names::BROKEN;
}
impl ::onex::__private::Node for Bell {
    const TABLE: &'static ::onex::__private::NodeTable =
        <::onex::__private::Nowhere as ::onex::__private::Node>::TABLE;
    const SAID: ::onex::__private::Option<&'static ::onex::__private::system::Said> =
        ::onex::__private::Option::Some(&::onex::__private::system::Said::BROKEN);
}
impl<__C> ::onex::__private::Mount<__C> for Bell {
    fn mounted() -> ::onex::__private::Mounted<__C> {
        ::onex::__private::Mounted::new(<Self as ::onex::__private::Node>::TABLE)
    }
}
const _: &[u8] = ::core::include_bytes!(::core::concat!(
    ::core::env!("CARGO_MANIFEST_DIR"),
    "/",
    "expansions/faulty.yaml"
));
