//! The command line, read by hand: few options, and errors that say what to do.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use crate::generate::Plan;

/// What `--help` prints.
pub const HELP: &str = "\
Runs a file of orders through a workflow and accounts for every line of it.

usage: order-workflow [options] [FILE]

  FILE                 orders, one JSON object a line; without it, orders are generated

  --orders N           how many lines to generate (default 6000, at most 1000000)
  --seed S             what to generate them from (default 42); the same seed, the same bytes
  --write-input FILE   where to keep what was generated
  --durable FILE       keep what happens in this file: killed and started again, the job goes on
  --dead-letters FILE  where to write the lines that did not become orders
                       (default: order-workflow/dead-letters.jsonl in cargo's target folder)
  --help               this text

exit status: 0 if every line is accounted for, 1 if not, 2 if the command line is wrong
";

const MAX_ORDERS: u64 = 1_000_000;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Print [`HELP`].
    Help,
    /// Run orders.
    Run(Args),
}

/// Which orders are to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Args {
    /// Where the orders come from.
    pub orders: Orders,
    /// Where dead letters go, if the user says so.
    pub dead_letters: Option<PathBuf>,
    /// Where the journal is; `None`: in memory.
    pub durable: Option<PathBuf>,
}

/// Where orders come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Orders {
    /// They are generated.
    Generated {
        /// Which.
        plan: Plan,
        /// Where to keep them.
        keep: Option<PathBuf>,
    },
    /// They are in a file.
    File(PathBuf),
}

/// What is wrong with a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageError {
    /// There is no such option.
    Unknown(String),
    /// The option's value is missing.
    NoValue(&'static str),
    /// The option is given twice.
    Twice(&'static str),
    /// The option's value is no number, or out of bounds.
    NotANumber {
        /// The option.
        option: &'static str,
        /// Its value.
        value: String,
        /// The greatest allowed value.
        max: u64,
    },
    /// More than one file is given.
    SecondFile(PathBuf),
    /// A value behind `=` that is no Unicode, and so cannot be cut from its option.
    NotUnicode(&'static str),
    /// An option for generated orders beside a file.
    WithFile(&'static str),
}

const OPTIONS: [&str; 5] = ["--orders", "--seed", "--write-input", "--dead-letters", "--durable"];

/// Reads a command line, without the program's name.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, UsageError> {
    let mut arguments = arguments.into_iter();
    let mut values: [Option<OsString>; OPTIONS.len()] = Default::default();
    let mut file = None;
    let mut options_end = false;
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy().into_owned();
        if options_end || !text.starts_with("--") {
            let path = PathBuf::from(argument);
            if file.is_some() {
                return Err(UsageError::SecondFile(path));
            }
            file = Some(path);
        } else if text == "--" {
            options_end = true;
        } else if text == "--help" {
            return Ok(Command::Help);
        } else {
            let (name, attached) = match text.split_once('=') {
                Some((name, value)) => (name, Some(OsString::from(value))),
                None => (&*text, None),
            };
            let Some(index) = OPTIONS.iter().position(|option| *option == name) else {
                return Err(UsageError::Unknown(name.to_owned()));
            };
            if attached.is_some() && argument.to_str().is_none() {
                return Err(UsageError::NotUnicode(OPTIONS[index]));
            }
            let value = attached.or_else(|| arguments.next()).ok_or(UsageError::NoValue(OPTIONS[index]))?;
            if values[index].replace(value).is_some() {
                return Err(UsageError::Twice(OPTIONS[index]));
            }
        }
    }
    let [orders, seed, keep, dead_letters, durable] = values;
    let (dead_letters, durable) = (dead_letters.map(PathBuf::from), durable.map(PathBuf::from));
    if let Some(path) = file {
        let given = [orders.is_some(), seed.is_some(), keep.is_some()];
        return match given.iter().position(|given| *given) {
            Some(index) => Err(UsageError::WithFile(OPTIONS[index])),
            None => Ok(Command::Run(Args { orders: Orders::File(path), dead_letters, durable })),
        };
    }
    let default = Plan::default();
    let plan = Plan {
        orders: number("--orders", orders, MAX_ORDERS)?.unwrap_or(default.orders),
        seed: number("--seed", seed, u64::MAX)?.unwrap_or(default.seed),
    };
    let orders = Orders::Generated { plan, keep: keep.map(PathBuf::from) };
    Ok(Command::Run(Args { orders, dead_letters, durable }))
}

fn number(option: &'static str, value: Option<OsString>, max: u64) -> Result<Option<u64>, UsageError> {
    let Some(value) = value else { return Ok(None) };
    let value = value.to_string_lossy().into_owned();
    match value.parse() {
        Ok(number) if number <= max => Ok(Some(number)),
        _ => Err(UsageError::NotANumber { option, value, max }),
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UsageError::Unknown(option) => {
                write!(f, "there is no option `{option}`; the options are {} and --help", OPTIONS.join(", "))
            }
            UsageError::NoValue(option) => write!(f, "`{option}` needs a value behind it"),
            UsageError::Twice(option) => write!(f, "`{option}` is given twice"),
            UsageError::NotANumber { option, value, max } => {
                write!(f, "`{option}` takes a number from 0 to {max}, and `{value}` is none")
            }
            UsageError::NotUnicode(option) => {
                write!(f, "the value of `{option}` is not Unicode: write it behind a blank, not behind `=`")
            }
            UsageError::SecondFile(path) => {
                write!(f, "one file at a time: `{}` is the second", path.display())
            }
            UsageError::WithFile(option) => {
                write!(f, "`{option}` is about generated orders, and a file is given")
            }
        }
    }
}

impl std::error::Error for UsageError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Result<Command, UsageError> {
        parse(line.split_whitespace().map(OsString::from))
    }

    fn generated(orders: u64, seed: u64) -> Args {
        Args {
            orders: Orders::Generated { plan: Plan { orders, seed }, keep: None },
            dead_letters: None,
            durable: None,
        }
    }

    #[test]
    fn nothing_is_needed() {
        assert_eq!(of(""), Ok(Command::Run(generated(6000, 42))));
    }

    #[test]
    fn options_may_stand_anywhere_and_their_values_behind_a_blank_or_a_sign() {
        assert_eq!(of("--seed=7 --orders 100"), Ok(Command::Run(generated(100, 7))));
        let expected =
            Args { orders: Orders::File("in".into()), dead_letters: Some("out".into()), durable: None };
        for line in ["in --dead-letters out", "--dead-letters=out in", "--dead-letters out -- in"] {
            assert_eq!(of(line), Ok(Command::Run(expected.clone())), "{line}");
        }
        let dashed =
            Args { orders: Orders::File("--odd".into()), dead_letters: None, durable: Some("db".into()) };
        assert_eq!(of("--durable db -- --odd"), Ok(Command::Run(dashed)));
        assert_eq!(of("--orders 5 --help"), Ok(Command::Help));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let not_a_number =
            |option, value: &str, max| Err(UsageError::NotANumber { option, value: value.into(), max });
        assert_eq!(of("--order 5"), Err(UsageError::Unknown("--order".into())));
        assert_eq!(of("--seed"), Err(UsageError::NoValue("--seed")));
        assert_eq!(of("--seed 1 --seed=2"), Err(UsageError::Twice("--seed")));
        assert_eq!(of("--orders -1"), not_a_number("--orders", "-1", MAX_ORDERS));
        assert_eq!(of("--orders 1000001"), not_a_number("--orders", "1000001", MAX_ORDERS));
        assert_eq!(of("a b"), Err(UsageError::SecondFile("b".into())));
        assert_eq!(of("a --write-input b"), Err(UsageError::WithFile("--write-input")));
    }
}
