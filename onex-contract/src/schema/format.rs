//! `format`: the forms of strings that are checked, each by the grammar that defines it.

/// A form that a string can be asked to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// RFC 9562: 32 hexadecimal digits in five groups.
    Uuid,
    /// RFC 3339: `2025-01-15T10:00:00Z`.
    DateTime,
    /// RFC 3339: `2025-01-15`.
    Date,
    /// RFC 3339: `10:00:00Z`.
    Time,
}

const FORMATS: [(Format, &str, &str, &str); 4] = [
    (Format::Uuid, "uuid", "a UUID", "550e8400-e29b-41d4-a716-446655440000"),
    (Format::DateTime, "date-time", "a date and time with an offset", "2025-01-15T10:00:00Z"),
    (Format::Date, "date", "a date", "2025-01-15"),
    (Format::Time, "time", "a time with an offset", "10:00:00Z"),
];

/// The other forms that JSON Schema names, which this version does not check.
pub(super) const UNCHECKED: [&str; 15] = [
    "duration",
    "email",
    "idn-email",
    "hostname",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "uri-template",
    "iri",
    "iri-reference",
    "json-pointer",
    "relative-json-pointer",
    "regex",
];

impl Format {
    /// How the formats are spelt.
    pub(super) fn names() -> impl Iterator<Item = &'static str> + Clone {
        FORMATS.iter().map(|(_, name, ..)| *name)
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        FORMATS.iter().find(|(_, known, ..)| *known == name).map(|(found, ..)| *found)
    }

    /// How a schema spells it.
    pub(super) fn name(self) -> &'static str {
        FORMATS.iter().find(|(known, ..)| *known == self).map_or("", |(_, name, ..)| name)
    }

    /// How messages call it: `a date`.
    pub(super) fn phrase(self) -> &'static str {
        FORMATS.iter().find(|(known, ..)| *known == self).map_or("", |(_, _, phrase, _)| phrase)
    }

    /// A string that has it.
    pub(super) fn example(self) -> &'static str {
        FORMATS.iter().find(|(known, ..)| *known == self).map_or("", |(.., example)| example)
    }

    /// Whether a string has it.
    pub(super) fn is_met_by(self, text: &str) -> bool {
        match self {
            Self::Uuid => uuid(text),
            Self::DateTime => date_time(text),
            Self::Date => date(text),
            Self::Time => time(text),
        }
    }
}

fn uuid(text: &str) -> bool {
    let groups =
        text.split('-').map(|group| (group.len(), group.bytes().all(|byte| byte.is_ascii_hexdigit())));
    groups.eq([8, 4, 4, 4, 12].map(|length| (length, true)))
}

fn date_time(text: &str) -> bool {
    // Ten bytes of digits and hyphens, then the separator: nothing is cut through where the first part is a date.
    let Some((date_part, rest)) = text.split_at_checked(10) else { return false };
    date(date_part) && rest.strip_prefix(['T', 't']).is_some_and(time)
}

fn date(text: &str) -> bool {
    let parts: Vec<Option<u32>> =
        text.split('-').zip([4, 2, 2]).map(|(part, digits)| number(part, digits)).collect();
    let [Some(year), Some(month), Some(day)] = parts[..] else { return false };
    text.len() == 10 && (1..=days_in(year, month)).contains(&day)
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// `HH:MM:SS`, a fraction if there is one, and an offset. The second 60 is the last one of a day in UTC.
fn time(text: &str) -> bool {
    let Some((clock, rest)) = text.split_at_checked(8) else { return false };
    let Some((minute_of_day, second)) = clock_time(clock) else { return false };
    let offset = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let after = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            if after.len() == fraction.len() {
                return false;
            }
            after
        }
    };
    let Some(offset) = minutes_of_offset(offset) else { return false };
    second < 60 || (minute_of_day - offset).rem_euclid(24 * 60) == 24 * 60 - 1
}

fn clock_time(text: &str) -> Option<(i32, u32)> {
    let (hour_and_minute, second) = text.rsplit_once(':')?;
    let second = number(second, 2).filter(|second| *second <= 60)?;
    Some((minutes(hour_and_minute)?, second))
}

fn minutes_of_offset(text: &str) -> Option<i32> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    match text.split_at_checked(1)? {
        ("+", ahead) => minutes(ahead),
        ("-", behind) => minutes(behind).map(|minutes| -minutes),
        _ => None,
    }
}

/// `HH:MM` in minutes.
fn minutes(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (number(hour, 2)?, number(minute, 2)?);
    (hour < 24 && minute < 60).then_some((hour * 60 + minute).cast_signed())
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let all_digits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(format: Format, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(format.is_met_by(text), "{text:?} is {}", format.phrase());
        }
        for text in bad {
            assert!(!format.is_met_by(text), "{text:?} is not {}", format.phrase());
        }
    }

    #[test]
    fn the_examples_are_examples() {
        for (format, name, _, example) in FORMATS {
            assert!(format.is_met_by(example), "{example}");
            assert_eq!(Format::of_name(name), Some(format));
        }
    }

    #[test]
    fn uuids() {
        judge(
            Format::Uuid,
            &["550E8400-e29b-41d4-A716-446655440000", "00000000-0000-0000-0000-000000000000"],
            &[
                "",
                "550e8400e29b41d4a716446655440000",
                "550e8400-e29b-41d4-a716-44665544000",
                "550e8400-e29b-41d4-a716-4466554400000",
                "550e840-0e29b-41d4-a716-446655440000",
                "550e8400-e29b-41d4-a716-44665544000g",
                "550e8400-e29b-41d4-a716-446655440000-",
                "{550e8400-e29b-41d4-a716-446655440000}",
                "550e8400-e29b-41d4-a716-4466554400ö0",
            ],
        );
    }

    #[test]
    fn dates() {
        judge(
            Format::Date,
            &["2025-01-15", "2024-02-29", "2000-02-29", "0000-12-31", "2025-04-30"],
            &[
                "2025-02-29",
                "1900-02-29",
                "2025-04-31",
                "2025-13-01",
                "2025-00-01",
                "2025-01-00",
                "2025-1-15",
                "25-01-15",
                "2025-01-15 ",
                "2025/01/15",
                "2025-01-15-",
                "2025-01",
                "+025-01-15",
                "২০২৫-01-15",
                "",
            ],
        );
    }

    #[test]
    fn times() {
        judge(
            Format::Time,
            &[
                "10:00:00Z",
                "10:00:00z",
                "10:00:00.5Z",
                "10:00:00.123456789+01:00",
                "23:59:60Z",
                "00:59:60+01:00",
                "18:59:60-05:00",
                "23:59:59-23:59",
            ],
            &[
                "10:00:00",
                "10:00Z",
                "24:00:00Z",
                "10:60:00Z",
                "10:00:61Z",
                "22:59:60Z",
                "23:59:60+01:00",
                "10:00:00.Z",
                "10:00:00+1:00",
                "10:00:00+24:00",
                "10:00:00+01:60",
                "10:00:00+0100",
                "10:00:00Z ",
                "1:00:00Z",
                "10:00:00ZZ",
                "10:00:0öZ",
                "",
            ],
        );
    }

    #[test]
    fn dates_with_times() {
        judge(
            Format::DateTime,
            &["2025-01-15T10:00:00Z", "2025-01-15t10:00:00.1-08:00", "1998-12-31T15:59:60.123-08:00"],
            &[
                "2025-01-15 10:00:00Z",
                "2025-01-15T10:00:00",
                "2025-02-30T10:00:00Z",
                "2025-01-15",
                "2025-01-15T",
                "2025-01-1öT10:00:00Z",
                "T10:00:00Z",
                "20250115T100000Z",
            ],
        );
    }
}
