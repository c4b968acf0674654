//! A handler's error as a [`Fault`](crate::Fault): what it says of itself, through whichever traits it implements.
//!
//! Method resolution prefers the trait for `Explain<E>` to the one for `&Explain<E>`, so that an error needs neither
//! [`Classify`] nor `Display` and both are used where they exist. This works only where `E` is concrete: in expanded
//! code, through the macro below.

use std::fmt::Display;

use crate::message::StepValue;
use crate::node::{Classify, FaultClass};

/// An error to explain.
#[derive(Debug)]
pub struct Explain<'e, E>(pub &'e E);

/// The class of an error that has one.
pub trait ViaClassify {
    /// What the engine may do about it.
    fn class(&self) -> Option<FaultClass>;
}

impl<E: Classify> ViaClassify for Explain<'_, E> {
    fn class(&self) -> Option<FaultClass> {
        Some(self.0.class())
    }
}

/// The class of an error that has none.
pub trait Unclassified {
    /// `None`: the kind of the step decides.
    fn class(&self) -> Option<FaultClass> {
        None
    }
}

impl<E> Unclassified for &Explain<'_, E> {}

/// The text of an error that implements `Display`.
pub trait ViaDisplay {
    /// The text.
    fn message(&self) -> String;
}

impl<E: Display> ViaDisplay for &Explain<'_, E> {
    fn message(&self) -> String {
        self.0.to_string()
    }
}

/// The text of an error that does not implement `Display`: its JSON, or its type's name where that says nothing.
pub trait NotDisplayed {
    /// The text.
    fn message(&self) -> String;
}

impl<E: StepValue> NotDisplayed for &&Explain<'_, E> {
    fn message(&self) -> String {
        match serde_json::to_value(self.0) {
            Ok(serde_json::Value::String(text)) => text,
            Ok(serde_json::Value::Null) | Err(_) => std::any::type_name::<E>().to_owned(),
            Ok(value) => value.to_string(),
        }
    }
}

/// The text of an error that is not even serialisable, which is a compile error elsewhere.
pub trait Opaque {
    /// The text.
    fn message(&self) -> String {
        String::new()
    }
}

impl<E> Opaque for Explain<'_, E> {}

/// A handler's error as a `Fault`.
#[doc(hidden)]
#[macro_export]
macro_rules! __onex_fault {
    ($error:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::{
            NotDisplayed as _, Opaque as _, Unclassified as _, ViaClassify as _, ViaDisplay as _,
        };
        let error = &$error;
        $crate::Fault {
            class: (&$crate::__private::Explain(error)).class(),
            message: (&&$crate::__private::Explain(error)).message(),
        }
    }};
}

#[cfg(test)]
mod tests {
    use crate::node::{Classify, FaultClass};

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Plain {
        code: u8,
    }

    #[derive(Debug, thiserror::Error, serde::Serialize, serde::Deserialize)]
    #[error("the bank said no")]
    struct Refused;

    impl Classify for Refused {
        fn class(&self) -> FaultClass {
            FaultClass::Refused
        }
    }

    #[test]
    fn an_error_without_traits_is_its_json_and_unclassified() {
        let fault = crate::__onex_fault!(Plain { code: 7 });
        assert_eq!((fault.class, fault.message.as_str()), (None, r#"{"code":7}"#));
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    enum Variants {
        TooLarge,
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Nothing;

    #[test]
    fn an_error_without_fields_is_its_name() {
        assert_eq!(crate::__onex_fault!(Variants::TooLarge).message, "TooLarge");
        assert!(crate::__onex_fault!(Nothing).message.ends_with("Nothing"));
    }

    #[test]
    fn an_error_says_its_class_and_its_text() {
        let fault = crate::__onex_fault!(Refused);
        assert_eq!((fault.class, fault.message.as_str()), (Some(FaultClass::Refused), "the bank said no"));
    }
}
