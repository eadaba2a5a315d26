//! The runner says what the training program says, and no file stops it.

use super::*;

/// The picture that `training/nets.py` makes up.
fn made_up(height: usize, width: usize) -> Maps {
    Maps {
        channels: 1,
        height,
        width,
        values: (0..height * width)
            .map(|count| (count * 37 % 101) as f32 / 50.0 - 1.0)
            .collect(),
    }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let (quads, rest) = bytes.as_chunks::<4>();
    assert!(rest.is_empty());
    quads.iter().map(|&quad| f32::from_le_bytes(quad)).collect()
}

fn assert_alike(answer: &Maps, told: &[f32]) {
    assert_eq!(answer.values.len(), told.len());
    let largest = answer
        .values
        .iter()
        .zip(told)
        .map(|(one, other)| (one - other).abs())
        .fold(0.0, f32::max);
    assert!(largest < 1e-3, "largest difference {largest}");
}

#[test]
fn the_line_reader_runs_as_it_was_trained() {
    let answer = LINE.as_ref().unwrap().run(made_up(32, 192)).unwrap();
    assert_eq!((answer.channels, answer.height, answer.width), (15, 1, 48));
    assert_alike(
        &answer,
        &floats(include_bytes!("../../../weights/line.told")),
    );
}

#[test]
fn the_localiser_runs_as_it_was_trained() {
    let answer = LOCATE.as_ref().unwrap().run(made_up(56, 72)).unwrap();
    assert_eq!((answer.channels, answer.height, answer.width), (9, 14, 18));
    assert_alike(
        &answer,
        &floats(include_bytes!("../../../weights/locate.told")),
    );
}

#[test]
fn both_networks_together_take_less_than_two_megabytes() {
    let line = include_bytes!("../../../weights/line.bin").len();
    let locate = include_bytes!("../../../weights/locate.bin").len();
    assert!(line + locate <= 2_000_000, "{line} + {locate} bytes");
}

#[test]
fn a_half_float_is_worth_what_the_standard_says() {
    let worth = [
        (0x0000, 0.0),
        (0x3C00, 1.0),
        (0xC000, -2.0),
        (0x7BFF, 65504.0),
        (0x0400, 6.103_515_6e-5),
        (0x0001, 5.960_464_5e-8),
        (0x3555, 0.333_251_95),
    ];
    for (bits, value) in worth {
        assert_eq!(half(bits), value, "{bits:04x}");
    }
}

#[test]
fn a_weight_file_cut_off_anywhere_is_refused() {
    let whole = include_bytes!("../../../weights/line.bin");
    for length in (0..whole.len()).step_by(9973) {
        assert!(Network::parse(&whole[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn a_weight_file_with_an_impossible_shape_is_refused() {
    let mut file = b"MCNET\x00\x01\x00\x01\x00".to_vec();
    file.extend([1, 0, 255, 1]);
    let no_channels = [0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0];
    file.extend(no_channels);
    assert_eq!(
        Network::parse(&file).unwrap_err(),
        WeightsError::Shape { step: 0 }
    );
}

#[test]
fn a_picture_that_does_not_fit_gets_no_answer() {
    let network = LINE.as_ref().unwrap();
    assert!(network.run(made_up(4, 4)).is_none());
    let two = Maps {
        channels: 2,
        ..made_up(64, 192)
    };
    assert!(network.run(two).is_none());
}
