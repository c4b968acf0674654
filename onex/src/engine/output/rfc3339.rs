//! A moment as text, `2025-01-15T10:00:05.250Z`: what JSON Schema calls a `date-time`. Knows no time zones but UTC.

/// Milliseconds since the Unix epoch, as text. Beyond the year 9999 it is the last moment of that, since the format ends there.
pub(super) fn format(unix_ms: u64) -> String {
    const LAST: u64 = 253_402_300_799_999;
    let unix_ms = unix_ms.min(LAST);
    let (days, ms) = (unix_ms / 86_400_000, unix_ms % 86_400_000);
    let (year, month, day) = date(days);
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{:03}Z", ms % 1000)
}

/// The date so many days after 1970-01-01, in the Gregorian calendar: counted in years that begin in March, so that the
/// day that some have more is their last, and in eras of 400 years, which are all equally long.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_as_a_calendar_has_them() {
        for (unix_ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_736_935_205_250, "2025-01-15T10:00:05.250Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (u64::MAX, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(format(unix_ms), text);
        }
    }

    /// Each day follows the one before: a calendar that is walked, not computed.
    #[test]
    fn every_day_of_five_hundred_years_follows_the_day_before() {
        let leap =
            |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let mut walked = (1970, 1, 1);
        for days in 0..183_000 {
            assert_eq!(date(days), walked);
            let (year, month, day) = walked;
            let longest = match month {
                2 => 28 + u64::from(leap(year)),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            walked = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (_, day) if day == longest => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
    }
}
