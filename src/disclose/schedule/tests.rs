//! Plans of small records on days.

use super::*;
use crate::disclose::record::Delivery;
