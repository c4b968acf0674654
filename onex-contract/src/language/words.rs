//! The enumerations of the language: each word is written once, with what it means.

/// One word that a key takes.
#[derive(Debug)]
pub struct Word {
    /// As it is written in the canonical form.
    pub name: &'static str,
    /// What it may also be written as.
    pub also: &'static [&'static str],
    /// What it means.
    pub what: &'static str,
    /// Whether this version executes it.
    pub runs: bool,
}

impl Word {
    /// Whether a text is this word, in any case and any of its spellings.
    pub fn is(&self, text: &str) -> bool {
        self.name.eq_ignore_ascii_case(text) || self.also.iter().any(|also| also.eq_ignore_ascii_case(text))
    }
}

/// An enumeration whose variants are words.
pub trait Words: Copy + 'static {
    /// The words, in the order of the variants.
    const WORDS: &'static [Word];
    /// The variants.
    const ALL: &'static [Self];

    /// The variant that a text names, in any case.
    fn of(text: &str) -> Option<Self> {
        Self::WORDS.iter().position(|word| word.is(text)).map(|place| Self::ALL[place])
    }
}

/// Declares an enumeration of the language: `Variant = "word" | "other spelling"`, in front of it the meaning as a
/// doc comment, behind it `later` where this version does not execute it.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident $(default $default:ident)? {
            $($(#[doc = $what:literal])+ $variant:ident = $word:literal $(| $also:literal)* $(, $later:ident)?;)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[doc = $what])+ $variant,)+
        }

        impl $crate::language::Words for $name {
            const WORDS: &'static [$crate::language::Word] = &[$($crate::language::Word {
                name: $word,
                also: &[$($also),*],
                what: concat!($($what),+),
                runs: $crate::language::words!(@runs $($later)?),
            }),+];
            const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl $name {
            /// The word in its canonical spelling.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        $(impl Default for $name {
            fn default() -> Self {
                Self::$default
            }
        })?
    };
    (@runs) => { true };
    (@runs later) => { false };
}

pub(crate) use words;
