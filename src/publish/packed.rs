//! A SARIF file as code scanning takes it: the base64 of its gzip.
//!
//! <https://docs.github.com/en/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data>.
//! Equal files give equal bytes: the header holds no name and no time.

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};

/// GitHub refuses a file that is larger when packed.
pub const LARGEST_PACKED: usize = 10_000_000;

/// A packed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Base64 without line breaks.
    pub text: String,
    /// Bytes of the gzip.
    pub size: usize,
}

/// Packs a file.
pub fn packed(sarif: &str) -> Packed {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // A vector takes everything.
    let bytes = encoder.write_all(sarif.as_bytes()).and_then(|()| encoder.finish());
    let bytes = bytes.unwrap_or_default();
    Packed { text: STANDARD.encode(&bytes), size: bytes.len() }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn what_is_packed_is_what_comes_out_again() {
        for text in ["", "{}\n", &"{\"ü\": 1}".repeat(10_000)] {
            let packed = packed(text);
            let bytes = STANDARD.decode(&packed.text).expect("base64");
            assert_eq!(bytes.len(), packed.size);
            let mut unpacked = String::new();
            flate2::read::GzDecoder::new(&*bytes).read_to_string(&mut unpacked).expect("gzip");
            assert_eq!(unpacked, text);
            assert_eq!(super::packed(text), packed);
        }
    }
}
