//! Bytes as JSON text and back, without loss: readable where they are UTF-8, base64 where they are not.
//!
//! Works through a small buffer, so a line of any length can pass.

use std::io::{self, Read, Seek, SeekFrom, Write};

use serde::{Deserialize, Serialize};

/// How bytes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// The text itself.
    Utf8,
    /// RFC 4648 with padding.
    Base64,
}

/// Divisible by 3, so that base64 of one buffer needs no padding and joins with that of the next.
const BUFFER: usize = 3 << 13;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const HEX: &[u8; 16] = b"0123456789abcdef";

/// Writes `"encoding":"..","bytes":".."` for `len` bytes from `offset`. They are read twice.
///
/// # Errors
/// Those of the two; `UnexpectedEof` if there are fewer bytes.
pub fn write_fields(
    source: &mut (impl Read + Seek),
    offset: u64,
    len: u64,
    out: &mut impl Write,
) -> io::Result<()> {
    let encoding = choose(source, offset, len)?;
    out.write_all(match encoding {
        Encoding::Utf8 => br#""encoding":"utf8","bytes":""#,
        Encoding::Base64 => br#""encoding":"base64","bytes":""#,
    })?;
    chunks(source, offset, len, |chunk| match encoding {
        Encoding::Utf8 => write_escaped(chunk, out),
        Encoding::Base64 => chunk.chunks(3).try_for_each(|triple| out.write_all(&base64_of(triple))),
    })?;
    out.write_all(b"\"")
}

/// The bytes that a text of this encoding stands for; `None` if it is no base64.
#[must_use]
pub fn decode(encoding: Encoding, text: &str) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Utf8 => Some(text.as_bytes().to_vec()),
        Encoding::Base64 => {
            let quads = text.as_bytes().chunks(4);
            let last = quads.len().checked_sub(1);
            let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
            for (index, quad) in quads.enumerate() {
                bytes.extend(decode_quad(quad, Some(index) == last)?);
            }
            Some(bytes)
        }
    }
}

/// UTF-8 if all of it is.
fn choose(source: &mut (impl Read + Seek), offset: u64, len: u64) -> io::Result<Encoding> {
    // A character may be cut by the end of a buffer: what is left of it waits for the next.
    let mut carried: Vec<u8> = Vec::new();
    let mut valid = true;
    chunks(source, offset, len, |chunk| {
        carried.extend_from_slice(chunk);
        match std::str::from_utf8(&carried) {
            Ok(_) => carried.clear(),
            Err(error) if error.error_len().is_none() => drop(carried.drain(..error.valid_up_to())),
            Err(_) => {
                valid = false;
                carried.clear();
            }
        }
        Ok(())
    })?;
    Ok(if valid && carried.is_empty() { Encoding::Utf8 } else { Encoding::Base64 })
}

fn chunks(
    source: &mut (impl Read + Seek),
    offset: u64,
    len: u64,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    source.seek(SeekFrom::Start(offset))?;
    let mut buffer = vec![0; usize::try_from(len).unwrap_or(BUFFER).min(BUFFER)];
    let mut left = len;
    while left > 0 {
        let chunk = &mut buffer[..usize::try_from(left).unwrap_or(BUFFER).min(BUFFER)];
        source.read_exact(chunk)?;
        each(chunk)?;
        left -= chunk.len() as u64;
    }
    Ok(())
}

/// The inside of a JSON string. Bytes of characters beyond ASCII pass, so characters may be cut anywhere.
fn write_escaped(chunk: &[u8], out: &mut impl Write) -> io::Result<()> {
    for piece in chunk.split_inclusive(|byte| must_be_escaped(*byte)) {
        let Some((last, plain)) = piece.split_last().filter(|(last, _)| must_be_escaped(**last)) else {
            out.write_all(piece)?;
            continue;
        };
        out.write_all(plain)?;
        match last {
            b'"' | b'\\' => out.write_all(&[b'\\', *last])?,
            control => {
                let (high, low) = (HEX[usize::from(control >> 4)], HEX[usize::from(control & 15)]);
                out.write_all(&[b'\\', b'u', b'0', b'0', high, low])?;
            }
        }
    }
    Ok(())
}

fn must_be_escaped(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// One to three bytes as four characters.
fn base64_of(bytes: &[u8]) -> [u8; 4] {
    let byte = |index: usize| u32::from(bytes.get(index).copied().unwrap_or(0));
    let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
    let digit = |shift: u32| ALPHABET[(bits >> shift & 63) as usize];
    let or_padding = |index: usize, shift| if index < bytes.len() { digit(shift) } else { b'=' };
    [digit(18), digit(12), or_padding(1, 6), or_padding(2, 0)]
}

fn decode_quad(quad: &[u8], may_be_padded: bool) -> Option<Vec<u8>> {
    let padding = quad.iter().rev().take_while(|byte| **byte == b'=').count();
    if quad.len() != 4 || padding > 2 || (padding > 0 && !may_be_padded) {
        return None;
    }
    let mut bits: u32 = 0;
    for byte in &quad[..4 - padding] {
        let digit = ALPHABET.iter().position(|known| known == byte)?;
        bits = bits << 6 | u32::try_from(digit).ok()?;
    }
    bits <<= 6 * u32::try_from(padding).ok()?;
    Some(bits.to_be_bytes()[1..4 - padding].to_vec())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[derive(Deserialize)]
    struct Fields {
        encoding: Encoding,
        bytes: String,
    }

    fn through(bytes: &[u8]) -> (Encoding, Vec<u8>) {
        let mut file = b"before".to_vec();
        file.extend_from_slice(bytes);
        file.extend_from_slice(b"after\xFF");
        let mut out = b"{".to_vec();
        write_fields(&mut Cursor::new(file), 6, bytes.len() as u64, &mut out).unwrap();
        out.push(b'}');
        let fields: Fields = serde_json::from_slice(&out).expect("the fields are JSON");
        (fields.encoding, decode(fields.encoding, &fields.bytes).expect("they can be decoded"))
    }

    #[test]
    fn text_stays_text() {
        let every_control: Vec<u8> = (0..=0x7F).collect();
        for text in [&b""[..], b"plain", b"\"quoted\\\"\r\t\0\x7f", "Łódź 東京 🏝".as_bytes(), &every_control]
        {
            assert_eq!(through(text), (Encoding::Utf8, text.to_vec()));
        }
    }

    #[test]
    fn any_other_bytes_are_recovered() {
        let all: Vec<u8> = (0..=255).collect();
        for len in 0..=all.len() {
            let bytes = [&b"\xFF"[..], &all[..len]].concat();
            assert_eq!(through(&bytes), (Encoding::Base64, bytes));
        }
        assert_eq!(through("Łó".as_bytes().split_last().unwrap().1).0, Encoding::Base64, "a cut character");
    }

    #[test]
    fn characters_and_triples_may_be_cut_by_the_buffer() {
        for shift in 0..4 {
            let text = "x".repeat(shift) + &"🏝\n".repeat(BUFFER / 2);
            assert_eq!(through(text.as_bytes()), (Encoding::Utf8, text.clone().into_bytes()));
            let bytes = [text.as_bytes(), b"\xC3"].concat();
            assert_eq!(through(&bytes), (Encoding::Base64, bytes));
        }
    }

    #[test]
    fn what_rfc_4648_says() {
        for (bytes, text) in [("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(decode(Encoding::Base64, text).as_deref(), Some(bytes.as_bytes()));
        }
        for bad in ["Z", "Zg=", "Zg==Zg==", "Z===", "Zm9-", "Zm9v="] {
            assert_eq!(decode(Encoding::Base64, bad), None, "{bad}");
        }
    }

    #[test]
    fn fewer_bytes_than_announced_are_an_error() {
        let error = write_fields(&mut Cursor::new(b"abc"), 1, 3, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
