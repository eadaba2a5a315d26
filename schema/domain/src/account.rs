//! The customer's side: account, metering point, address, appointment.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AccountNo, Millis};

/// A customer's account (户) with its metering point, as the marketing system knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Account {
    /// Account number (户号).
    pub account_no: AccountNo,
    /// Customer's name (户名).
    pub customer: String,
    /// Where the meter stands (用电地址).
    pub address: String,
    /// Telephone, empty when not known; shown masked until asked for.
    pub phone: String,
    /// Metering point number (计量点编号).
    pub point_no: String,
    /// Transformer area (台区).
    pub area: String,
    /// Meter box (表箱) and the place in it.
    pub meter_box: String,
    /// Where that is on earth, when known.
    pub place: Option<Place>,
}

/// A place on earth (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Place {
    /// Latitude. Unit: 10⁻⁷ degrees, north positive.
    pub lat_e7: i32,
    /// Longitude. Unit: 10⁻⁷ degrees, east positive.
    pub lon_e7: i32,
    /// Radius the true place lies in with 68 %. Unit: metres; 0 for a surveyed place.
    pub accuracy_m: u32,
}

impl Place {
    /// Distance to another place. Unit: metres, good to 1 % below 100 km.
    ///
    /// Source: equirectangular approximation on a sphere of 6 371 km; this is a hint to a person,
    /// so floating point is allowed here.
    pub fn distance_m(&self, other: &Self) -> u32 {
        let degrees = |e7: i32| f64::from(e7) / 1e7;
        let mean_lat = (degrees(self.lat_e7) + degrees(other.lat_e7)) / 2.0;
        let north = (degrees(self.lat_e7) - degrees(other.lat_e7)).to_radians();
        let east = (degrees(self.lon_e7) - degrees(other.lon_e7)).to_radians()
            * mean_lat.to_radians().cos();
        (north.hypot(east) * 6_371_000.0).round() as u32
    }
}

/// When the customer was told to expect the crew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct Appointment {
    /// Not before.
    pub from: Millis,
    /// Not after.
    pub to: Millis,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousandth_of_a_degree_north_is_111_metres() {
        let here = Place {
            lat_e7: 347_710_000,
            lon_e7: 1_136_720_000,
            accuracy_m: 0,
        };
        let there = Place {
            lat_e7: 347_720_000,
            ..here
        };
        assert_eq!(here.distance_m(&there), 111);
        assert_eq!(here.distance_m(&here), 0);
    }
}
