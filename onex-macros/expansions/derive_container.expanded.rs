#[automatically_derived]
impl ::onex::__private::Provides<Bank> for App {
    fn provide(&self) -> ::onex::__private::Dep<Bank> {
        ::onex::__private::Dep::new(::core::clone::Clone::clone(&self.bank))
    }
}
