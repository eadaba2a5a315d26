//! Files that are read: every usual kind, every way a camera was held.

use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, Rgba};
use jpeg_encoder::{ColorType, Encoder};
use metercrew_imaging::{Layout, Picture, decode, decode_grey, encode_jpeg, encode_png};

use crate::made::{self, mean};

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 4.0
}

#[test]
fn a_jpeg_and_a_png_of_the_same_picture_look_the_same() {
    for file in [made::jpeg(64, 48), made::png(64, 48)] {
        let picture = decode(&file).unwrap();
        assert_eq!((picture.width(), picture.height()), (64, 48));
        assert!(close(mean(&picture, 2, 2, 28, 20), 40.0));
        assert!(close(mean(&picture, 36, 28, 62, 46), 220.0));
        let grey = decode_grey(&file).unwrap();
        assert!(
            grey.row(5)[5].abs_diff(40) < 4,
            "straight to grey is the same grey"
        );
    }
}

#[test]
fn every_exif_orientation_puts_the_corners_where_the_camera_saw_them() {
    // Where the stored upper left (40) and upper right (100) quarters go; columns and rows of a 2 x 2 board.
    let expected = [
        (1, (0, 0), (1, 0)),
        (2, (1, 0), (0, 0)),
        (3, (1, 1), (0, 1)),
        (4, (0, 1), (1, 1)),
        (5, (0, 0), (0, 1)),
        (6, (1, 0), (1, 1)),
        (7, (1, 1), (1, 0)),
        (8, (0, 1), (0, 0)),
    ];
    let stored = made::jpeg(64, 32);
    for (orientation, upper_left, upper_right) in expected {
        let picture = decode(&made::with_exif(&stored, orientation, "")).unwrap();
        let size = if orientation >= 5 { (32, 64) } else { (64, 32) };
        assert_eq!(
            (picture.width(), picture.height()),
            size,
            "orientation {orientation}"
        );
        let quarter = |(column, row): (u32, u32)| {
            let (width, height) = (picture.width() / 2, picture.height() / 2);
            let (left, top) = (column * width, row * height);
            mean(
                &picture,
                left + 3,
                top + 3,
                left + width - 3,
                top + height - 3,
            )
        };
        assert!(
            close(quarter(upper_left), 40.0),
            "orientation {orientation}"
        );
        assert!(
            close(quarter(upper_right), 100.0),
            "orientation {orientation}"
        );
    }
}

#[test]
fn an_orientation_out_of_range_is_upright() {
    let picture = decode(&made::with_exif(&made::jpeg(64, 32), 77, "")).unwrap();
    assert_eq!(picture, decode(&made::jpeg(64, 32)).unwrap());
}

#[test]
fn a_picture_of_one_pixel_is_a_picture() {
    for file in [made::jpeg(1, 1), made::png(1, 1)] {
        let picture = decode(&file).unwrap();
        assert_eq!((picture.width(), picture.height()), (1, 1));
    }
}

#[test]
fn a_grey_jpeg_stays_grey() {
    let grey = Picture::new(8, 8, Layout::Grey, vec![77; 64]).unwrap();
    let picture = decode(&encode_jpeg(&grey, 90).unwrap()).unwrap();
    assert_eq!(picture.layout(), Layout::Grey);
    assert!(close(mean(&picture, 0, 0, 8, 8), 77.0));
}

#[test]
fn a_cmyk_jpeg_becomes_red_green_blue() {
    // Half black ink and nothing else, for a printer's JPEG: 0 is full ink in Adobe's way of storing it.
    let ink: Vec<u8> = [255, 255, 255, 128].repeat(32 * 32);
    for colour in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut file = Vec::new();
        Encoder::new(&mut file, 95)
            .encode(&ink, 32, 32, colour)
            .unwrap();
        let picture = decode(&file).unwrap();
        assert_eq!(picture.layout(), Layout::Rgb);
        assert_eq!((picture.width(), picture.height()), (32, 32));
        assert_eq!(decode_grey(&file).unwrap().width(), 32);
    }
}

fn png_of(picture: DynamicImage) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

#[test]
fn a_png_of_sixteen_bits_becomes_one_of_eight() {
    let deep = ImageBuffer::from_pixel(20, 10, Luma([0x8000_u16]));
    let picture = decode(&png_of(DynamicImage::ImageLuma16(deep))).unwrap();
    assert_eq!(picture.layout(), Layout::Grey);
    assert!(picture.bytes().iter().all(|&byte| byte == 0x80));
}

#[test]
fn a_transparent_png_is_laid_on_white() {
    let clear = ImageBuffer::from_fn(2, 1, |x, _| {
        Rgba(if x == 0 {
            [0, 0, 0, 0]
        } else {
            [10, 20, 30, 255]
        })
    });
    let picture = decode(&png_of(DynamicImage::ImageRgba8(clear))).unwrap();
    assert_eq!(picture.bytes(), &[255, 255, 255, 10, 20, 30]);
}

#[test]
fn a_png_written_and_read_is_the_same() {
    let picture = made::quarters(33, 17);
    assert_eq!(decode(&encode_png(&picture).unwrap()).unwrap(), picture);
}

#[test]
fn pixels_that_do_not_fit_their_size_are_no_picture() {
    assert!(Picture::new(10, 10, Layout::Rgb, vec![0; 299]).is_err());
    assert!(Picture::new(0, 0, Layout::Rgb, Vec::new()).is_err());
}

#[test]
fn a_picture_is_shrunk_to_its_long_edge_and_never_blown_up() {
    let picture = made::quarters(400, 100).shrunk_to(100).unwrap();
    assert_eq!((picture.width(), picture.height()), (100, 25));
    let small = made::quarters(40, 10).shrunk_to(100).unwrap();
    assert_eq!((small.width(), small.height()), (40, 10));
    let line = made::quarters(400, 1).shrunk_to(100).unwrap();
    assert_eq!((line.width(), line.height()), (100, 1));
}
