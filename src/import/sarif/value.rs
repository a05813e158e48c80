//! Lenient reads of JSON values: what is null, or of another type, is absent.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads bytes. Invalid UTF-8 is replaced, and of duplicate keys the last one counts.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    // The first way is the fast one; it refuses duplicate keys, and bytes that are no text.
    serde_json::from_slice(bytes).or_else(|_| {
        let value: Value = serde_json::from_str(&String::from_utf8_lossy(bytes))?;
        serde_json::from_value(value)
    })
}

/// What a pointer of JSON leads to. `Value::pointer` copies every step, which is felt here.
fn at<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    match pointer.strip_prefix('/') {
        None => Some(value),
        Some(path) => path.split('/').try_fold(value, |value, step| value.get(step)),
    }
}

/// The text at a pointer, if it is not blank.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    let text = at(value, pointer)?.as_str()?.trim();
    (!text.is_empty()).then_some(text)
}

/// The list at a pointer; empty if there is none.
pub(super) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    at(value, pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The texts of a list.
pub(super) fn texts<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a str> {
    list(value, pointer).iter().filter_map(Value::as_str).map(str::trim)
}

/// A whole number, also as a float or a text.
pub(super) fn whole(value: Option<&Value>) -> Option<i64> {
    let value = value?;
    #[expect(clippy::cast_possible_truncation, reason = "a float that is too large is clamped")]
    let of_float = |float: f64| (float.fract() == 0.0).then_some(float as i64);
    value
        .as_i64()
        .or_else(|| value.as_f64().and_then(of_float))
        .or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()))
}

/// An index into a list; the sentinel -1 is none.
pub(super) fn index(value: Option<&Value>) -> Option<usize> {
    whole(value).and_then(|index| usize::try_from(index).ok())
}
