use image::codecs::png::PngEncoder;
use image::{Rgb, Rgba, RgbaImage};

use super::*;
use crate::ticket::photo::testing::{as_jpeg, held};

use crate::testing::JPEG;

/// Red on the left, blue on the right.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(
        width,
        height,
        |x, _| if x < width / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) },
    )
}

fn seen(file: &[u8]) -> RgbImage {
    let picture = prepare(file).unwrap();
    jpeg(&picture.jpeg).unwrap().0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "a picture's pixels are iterated by reference")]
fn is_red(pixel: &Rgb<u8>) -> bool {
    pixel.0[0] > 150 && pixel.0[2] < 110
}

#[test]
fn a_picture_is_turned_as_it_was_held_and_keeps_nothing_of_where() {
    let lying = as_jpeg(&halves(160, 120));
    // Where red is after turning: left, right, left (upside down is right), …, for the eight orientations of Exif.
    for (orientation, size, red) in [
        (1, (160, 120), (10, 60)),
        (2, (160, 120), (150, 60)),
        (3, (160, 120), (150, 60)),
        (4, (160, 120), (10, 60)),
        (5, (120, 160), (60, 10)),
        (6, (120, 160), (60, 10)),
        (7, (120, 160), (60, 150)),
        (8, (120, 160), (60, 150)),
    ] {
        let file = held(&lying, orientation);
        assert!(file.windows(4).any(|part| part == b"GPS-"));
        let picture = prepare(&file).unwrap();
        assert!(!picture.jpeg.windows(4).any(|part| part == b"GPS-" || part == b"Exif"), "{orientation}");
        let turned = jpeg(&picture.jpeg).unwrap().0;
        assert_eq!(turned.dimensions(), size, "{orientation}");
        assert!(is_red(turned.get_pixel(red.0, red.1)), "{orientation}");
        let blue = (size.0 - 1 - red.0, size.1 - 1 - red.1);
        assert!(!is_red(turned.get_pixel(blue.0, blue.1)), "{orientation}");
    }
}

#[test]
fn a_large_picture_is_scaled_down_to_what_a_printer_shows_and_a_small_one_stays() {
    let size =
        |width, height, orientation| seen(&held(&as_jpeg(&halves(width, height)), orientation)).dimensions();
    assert_eq!(size(144, 192, 1), (144, 192));
    assert_eq!(size(480, 640, 1), (480, 640));
    assert_eq!(size(3000, 4000, 1), (480, 640));
    // Held on its side: the sensor's wide side is the photo's height.
    assert_eq!(size(4000, 3000, 6), (480, 640));
    assert_eq!(size(640, 480, 6), (480, 640));
    assert_eq!(size(640, 480, 1), (480, 360));
    assert_eq!(size(3000, 1000, 1), (480, 160));
    assert!(prepare(&as_jpeg(&halves(3000, 4000))).unwrap().jpeg.len() < 100_000);
}

#[test]
fn odd_proportions_are_told_of_the_picture_as_it_prints() {
    let odd = |width, height, orientation| {
        prepare(&held(&as_jpeg(&halves(width, height)), orientation)).unwrap().odd
    };
    for (width, height) in [(144, 192), (350, 530), (300, 300), (90, 120)] {
        assert_eq!(odd(width, height, 1), None, "{width} x {height}");
    }
    assert_eq!(odd(600, 200, 1), Some((600, 200)));
    assert_eq!(odd(640, 480, 1), Some((640, 480)));
    assert_eq!(odd(640, 480, 6), None);
    assert_eq!(odd(480, 640, 6), Some((640, 480)));
    assert_eq!(odd(100, 300, 1), Some((100, 300)));
}

#[test]
fn a_picture_that_is_cut_off_anywhere_is_refused() {
    assert!(prepare(JPEG).is_ok());
    for cut in 0..JPEG.len() {
        assert!(prepare(&JPEG[..cut]).is_err(), "{cut} of {}", JPEG.len());
    }
    // A preview inside has its own end marker, which is not the picture's.
    let preview = [b"Exif\0\0".as_slice(), JPEG].concat();
    let length = u16::try_from(preview.len() + 2).unwrap().to_be_bytes();
    let with = [&JPEG[..2], &[0xFF, 0xE1], &length, &preview, &JPEG[2..]].concat();
    assert!(prepare(&with).is_ok());
    assert_eq!(prepare(&with[..with.len() - 40]).err(), Some(Flaw::CutOff));
    // Some programs close a truncated file: the end is there, and half of the face is missing.
    for name in ["p01-plain.zip", "p12-cmyk.zip", "p15-gray.zip"] {
        let file = field(name);
        assert!(prepare(&file).is_ok(), "{name}");
        let pixels = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap() + 20;
        for cut in (pixels..file.len() - 40).step_by(37) {
            let closed = [&file[..cut], &[0xFF, 0xD9]].concat();
            assert!(prepare(&closed).is_err(), "{name}: {cut} of {}", file.len());
        }
    }
    let file = field("p13-progressive.zip");
    let scans: Vec<usize> =
        file.windows(2).enumerate().filter(|(_, pair)| *pair == [0xFF, 0xDA]).map(|(at, _)| at).collect();
    for cut in [scans[0] + 20, scans[1] - 20] {
        let closed = [&file[..cut], &[0xFF, 0xD9]].concat();
        assert!(prepare(&closed).is_err(), "progressive: {cut} of {}", file.len());
    }
    // Phones write more data after the end.
    assert!(prepare(&[JPEG, b"SEFT and more"].concat()).is_ok());
}

#[test]
fn garbage_behind_a_good_header_is_refused() {
    let pixels = JPEG.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap() + 14;
    for filler in [0x00, 0x55, 0xAA, 0xFE] {
        let mut file = JPEG.to_vec();
        let end = file.len() - 2;
        file[pixels..end].fill(filler);
        assert!(matches!(prepare(&file).err(), Some(Flaw::Broken | Flaw::CutOff)), "{filler:02x}");
    }
    // The remains of a file that a disk or a download never wrote completely.
    let mut file = JPEG.to_vec();
    file[pixels + 500..].fill(0);
    assert_eq!(prepare(&file).err(), Some(Flaw::CutOff));
    // Any single byte may be wrong: the result is a picture or an error, never a panic.
    for place in 0..JPEG.len() {
        let mut file = JPEG.to_vec();
        file[place] ^= 0xFF;
        let _picture_or_reason = prepare(&file);
    }
}

#[test]
fn what_is_no_jpeg_is_named() {
    let heic = [&[0, 0, 0, 0x24], b"ftypheic".as_slice(), &[0; 20]].concat();
    for (file, kind) in [
        (b"BM6D".to_vec(), "a BMP picture: save it as JPEG"),
        (heic, "a HEIC picture, as iPhones take them: save it as JPEG"),
        (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), "a WebP picture: save it as JPEG"),
        (b"GIF89a".to_vec(), "a GIF picture: save it as JPEG"),
        (b"PK\x03\x04".to_vec(), "a ZIP file"),
        (b"text".to_vec(), "something else"),
    ] {
        let told = prepare(&file).err().map(|flaw| flaw.to_string());
        assert_eq!(told, Some(format!("expected a JPEG or PNG picture, found {kind}")));
    }
    assert_eq!(prepare(&[]).err(), Some(Flaw::Empty));
    let most = usize::try_from(LARGEST).unwrap();
    assert_eq!(prepare(&[JPEG, &vec![0; most]].concat()).err(), Some(Flaw::TooLarge));
    assert_eq!(prepare(&as_jpeg(&halves(49, 60))).err(), Some(Flaw::TooSmall(49, 60)));
}

#[test]
fn a_small_file_that_unfolds_into_gigabytes_is_refused_by_its_header() {
    let mut file = JPEG.to_vec();
    let frame = file.windows(2).position(|pair| matches!(pair, [0xFF, 0xC0..=0xC2])).unwrap();
    for (height, width) in [(60_000_u16, 60_000_u16), (11_000, 11_000), (50, 65_535)] {
        file[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        file[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        assert_eq!(prepare(&file).err(), Some(Flaw::TooManyPixels), "{width} x {height}");
    }
    let mut png = Vec::new();
    RgbImage::new(60, 80).write_with_encoder(PngEncoder::new(&mut png)).unwrap();
    png[16..20].copy_from_slice(&50_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&50_000_u32.to_be_bytes());
    // The header's checksum is wrong now as well; whichever is detected first, nothing is decompressed.
    assert!(matches!(prepare(&png).err(), Some(Flaw::TooManyPixels | Flaw::Broken)));
}

#[test]
fn a_png_stands_on_white() {
    let mut png = Vec::new();
    let picture = RgbaImage::from_fn(60, 80, |x, _| Rgba([200, 0, 0, if x < 30 { 0 } else { 255 }]));
    picture.write_with_encoder(PngEncoder::new(&mut png)).unwrap();
    let picture = seen(&png);
    assert!(picture.get_pixel(5, 40).0.iter().all(|colour| *colour > 240));
    assert!(is_red(picture.get_pixel(50, 40)));
    for cut in 8..png.len() - 12 {
        assert!(prepare(&png[..cut]).is_err(), "{cut} of {}", png.len());
    }
}

/// The one photo of a real-world file.
fn field(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/field").join(name);
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut file = Vec::new();
    std::io::Read::read_to_end(&mut zip.by_index(0).unwrap(), &mut file).unwrap();
    file
}

#[test]
fn each_way_of_writing_a_jpeg_shows_the_same_picture() {
    let plain = seen(&field("p01-plain.zip"));
    for name in ["p12-cmyk.zip", "p13-progressive.zip", "p15-gray.zip"] {
        let other = seen(&field(name));
        assert_eq!(other.dimensions(), plain.dimensions(), "{name}");
        // Grey keeps the brightness only.
        let gray = name == "p15-gray.zip";
        let bright = |pixel: &Rgb<u8>| {
            let [red, green, blue] = pixel.0.map(u32::from);
            (299 * red + 587 * green + 114 * blue) / 1000
        };
        let apart = |(a, b): (&Rgb<u8>, &Rgb<u8>)| {
            let channels = (0..3).map(|channel| u32::from(a.0[channel].abs_diff(b.0[channel])));
            if gray { bright(a).abs_diff(bright(b)) } else { channels.sum::<u32>() / 3 }
        };
        let mean =
            plain.pixels().zip(other.pixels()).map(apart).sum::<u32>() / (plain.width() * plain.height());
        assert!(mean < 20, "{name}: {mean}");
    }
}
