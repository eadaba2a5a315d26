//! Files that are refused, each with a reason, none with a panic.

use metercrew_imaging::limits::{MAX_FILE_BYTES, MAX_PIXELS};
use metercrew_imaging::{ImagingError, PurposeSpec, decode, decode_grey, evidence};
use proptest::prelude::*;

use crate::made;

#[test]
fn a_text_file_is_no_picture() {
    let text = "no picture at all, just words".as_bytes();
    assert_eq!(
        decode(text),
        Err(ImagingError::NotAnImage {
            size_bytes: text.len()
        })
    );
    assert_eq!(decode(b""), Err(ImagingError::NotAnImage { size_bytes: 0 }));
}

#[test]
fn a_foreign_format_is_named() {
    for (start, format) in [
        (&b"GIF89a......"[..], "gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
        (b"\0\0\0\x18ftypheic....", "heic"),
        (b"\0\0\0\x18ftypavif....", "avif"),
        (b"II*\0........", "tiff or raw"),
        (b"%PDF-1.7", "pdf"),
    ] {
        assert_eq!(
            decode(start),
            Err(ImagingError::UnsupportedFormat { format })
        );
    }
}

#[test]
fn a_jpeg_cut_off_anywhere_is_truncated() {
    let file = made::jpeg(200, 150);
    for end in (4..file.len())
        .step_by(13)
        .chain([file.len() - 1, file.len() - 2])
    {
        let size_bytes = end;
        assert_eq!(
            decode(&file[..end]),
            Err(ImagingError::Truncated { size_bytes }),
            "cut at {end}"
        );
    }
}

#[test]
fn a_png_cut_off_anywhere_is_truncated() {
    let file = made::png(200, 150);
    for end in (8..file.len() - 12).step_by(7) {
        let size_bytes = end;
        assert_eq!(
            decode(&file[..end]),
            Err(ImagingError::Truncated { size_bytes }),
            "cut at {end}"
        );
    }
}

#[test]
fn a_header_that_claims_200_megapixels_is_refused_with_its_size_before_decoding() {
    let too_large = Err(ImagingError::TooLarge {
        width: 20_000,
        height: 10_000,
    });
    let jpeg = made::claiming(&made::jpeg(16, 16), 20_000, 10_000);
    assert_eq!(decode(&jpeg), too_large);
    assert_eq!(
        evidence(&jpeg, PurposeSpec::default()).unwrap_err(),
        too_large.clone().unwrap_err()
    );
    let mut png = made::png(16, 16);
    png[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&10_000_u32.to_be_bytes());
    assert_eq!(decode(&png), too_large);
}

#[test]
fn a_picture_that_would_take_too_much_memory_to_decode_is_refused_before() {
    let (width, height) = (8_000, 5_000);
    let too_large = Err(ImagingError::TooLarge { width, height });
    let baseline = made::claiming(&made::jpeg(16, 16), 8_000, 5_000);
    assert_ne!(decode(&baseline), too_large, "40 MP of baseline JPEG");
    let mut progressive = baseline;
    let frame = made::frame_header(&progressive);
    progressive[frame + 1] = 0xC2;
    assert_eq!(decode(&progressive), too_large);
    let mut png = made::png(16, 16);
    png[16..20].copy_from_slice(&8_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&5_000_u32.to_be_bytes());
    assert_ne!(decode(&png), too_large, "40 MP of three bytes");
    let (deep, clear) = (24, 25);
    for (at, value) in [(deep, 16), (clear, 6)] {
        let mut costly = png.clone();
        costly[at] = value;
        assert_eq!(decode(&costly), too_large, "byte {at} = {value}");
    }
}

#[test]
fn a_long_narrow_picture_and_one_of_no_height_are_refused() {
    let narrow = made::claiming(&made::jpeg(16, 16), 65_000, 8);
    assert_eq!(
        decode(&narrow),
        Err(ImagingError::TooLarge {
            width: 65_000,
            height: 8
        })
    );
    let flat = made::claiming(&made::jpeg(16, 16), 16, 0);
    assert!(matches!(decode(&flat), Err(ImagingError::Broken { .. })));
}

#[test]
fn a_file_of_too_many_bytes_is_refused_unread() {
    let size_bytes = MAX_FILE_BYTES + 1;
    let limit_bytes = MAX_FILE_BYTES;
    let expected = Err(ImagingError::FileTooLarge {
        size_bytes,
        limit_bytes,
    });
    assert_eq!(decode(&vec![0xFF; size_bytes]), expected);
}

#[test]
fn a_jpeg_of_twelve_bits_or_unusual_coding_is_unsupported() {
    let file = made::jpeg(32, 32);
    let frame = made::frame_header(&file);
    let mut twelve = file.clone();
    twelve[frame + 4] = 12;
    let mut lossless = file;
    lossless[frame + 1] = 0xC3;
    for file in [twelve, lossless] {
        assert!(matches!(
            decode(&file),
            Err(ImagingError::UnsupportedFormat { .. })
        ));
    }
}

#[test]
fn every_error_has_a_code_of_its_own() {
    let errors = [
        ImagingError::NotAnImage { size_bytes: 0 },
        ImagingError::UnsupportedFormat { format: "gif" },
        ImagingError::Truncated { size_bytes: 0 },
        ImagingError::TooLarge {
            width: 1,
            height: 1,
        },
        ImagingError::FileTooLarge {
            size_bytes: 2,
            limit_bytes: 1,
        },
        ImagingError::Broken {
            reason: String::new(),
        },
        ImagingError::NotWritten {
            reason: String::new(),
        },
        ImagingError::SignatureEmpty,
        ImagingError::SignatureTooLarge {
            points: 2,
            limit: 1,
        },
        ImagingError::SignatureCanvas {
            width: 0,
            height: 0,
        },
        ImagingError::NotDigitPairs {
            text: String::new(),
        },
    ];
    let mut codes: Vec<_> = errors.iter().map(ImagingError::code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), errors.len());
}

/// Whatever came of it, a picture that was decoded is within the limits.
fn survives(file: &[u8]) {
    if let Ok(picture) = decode(file) {
        assert!(u64::from(picture.width()) * u64::from(picture.height()) <= MAX_PIXELS);
    }
    let _ = decode_grey(file);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_mutated_file_stops_the_process(
        is_png in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let small = if is_png { made::png(48, 40) } else { made::jpeg(48, 40) };
        let mut file = if is_png { small } else { made::with_exif(&small, 6, "remark") };
        for (place, value) in changes {
            let at = place.index(file.len());
            file[at] = value;
        }
        if let Some(cut) = cut {
            let end = cut.index(file.len());
            file.truncate(end);
        }
        survives(&file);
    }

    #[test]
    fn no_random_bytes_behind_a_right_start_stop_the_process(
        start in prop::sample::select(vec![&b"\xFF\xD8\xFF"[..], b"\xFF\xD8\xFF\xE1\x00\x20Exif\0\0II*\0", b"\x89PNG\r\n\x1a\n"]),
        rest in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        survives(&[start, &rest].concat());
    }
}
