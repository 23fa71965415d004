//! Places and pictures.

use super::*;

#[test]
fn places_are_counted_from_the_upper_left_corner_as_the_page_is_shown() {
    // One unit is one millimetre.
    let user_unit = 72.0 / 25.4;
    let page = |rotation| Page {
        dictionary: Dictionary::default(),
        media_box: [-100.0, -100.0, 1000.0, 1000.0],
        crop_box: [10.0, 20.0, 110.0, 220.0],
        rotation,
        user_unit,
    };
    let place = Placement {
        page: 1,
        left: 5.0,
        top: 7.0,
        width: 20.0,
        height: 30.0,
    };
    for (rotation, expected) in [
        (0, [15.0, 183.0, 35.0, 213.0]),
        // The corner at the left below is shown at the left above.
        (90, [17.0, 25.0, 47.0, 45.0]),
        (180, [85.0, 27.0, 105.0, 57.0]),
        // The corner at the right above is.
        (270, [73.0, 195.0, 103.0, 215.0]),
    ] {
        let found = place.rectangle(&page(rotation)).unwrap();
        let is_near = found
            .iter()
            .zip(expected)
            .all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(is_near, "{rotation}: {found:?}");
        let back = Placement::of(found, &page(rotation), 1);
        let sides = |one: Placement| [one.left, one.top, one.width, one.height];
        let is_same = sides(back)
            .iter()
            .zip(sides(place))
            .all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(is_same, "{rotation}: {back:?}");
    }
    for (left, top, width, height) in [
        (-1.0, 0.0, 10.0, 10.0),
        (0.0, -1.0, 10.0, 10.0),
        (91.0, 0.0, 10.0, 10.0),
        (0.0, 191.0, 10.0, 10.0),
        (0.0, 0.0, 0.0, 10.0),
        (0.0, 0.0, 10.0, -10.0),
        (f64::NAN, 0.0, 10.0, 10.0),
        (0.0, 0.0, f64::INFINITY, 10.0),
    ] {
        let place = Placement {
            page: 1,
            left,
            top,
            width,
            height,
        };
        let error = place.rectangle(&page(0)).unwrap_err();
        assert_eq!(error.code(), "placement-refused", "{place:?}");
    }
    // Turned, a page is as wide as it was tall.
    let wide = Placement {
        page: 1,
        left: 150.0,
        top: 0.0,
        width: 50.0,
        height: 100.0,
    };
    assert!(wide.rectangle(&page(90)).is_ok());
    assert!(wide.rectangle(&page(180)).is_err());
}

#[test]
fn pictures_are_taken_as_they_are_and_damaged_ones_refused() {
    let png = |colour, samples: &[u8]| {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 2, 1);
        encoder.set_color(colour);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(samples).unwrap();
        drop(writer);
        bytes
    };
    let rgba = png(png::ColorType::Rgba, &[1, 2, 3, 4, 5, 6, 7, 255]);
    let pixels = Picture::of_pixels(2, 1, &[1, 2, 3, 4, 5, 6, 7, 255]).unwrap();
    assert_eq!(Picture::of(&rgba).unwrap(), pixels);
    let opaque = Picture::of_pixels(2, 1, &[1, 2, 3, 255, 5, 6, 7, 255]).unwrap();
    let rgb = png(png::ColorType::Rgb, &[1, 2, 3, 5, 6, 7]);
    assert_eq!(Picture::of(&rgb).unwrap(), opaque);
    let grey = png(png::ColorType::GrayscaleAlpha, &[1, 2, 3, 4]);
    assert!(!Picture::of(&grey).unwrap().is_coloured);
    // A JPEG of 16 to 8 pixels: what stands before its frame, and the frame's header.
    let jpeg = |components: u8| {
        let mut bytes = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\0\x08\0\x10".to_vec();
        bytes.push(components);
        bytes.extend([0; 9]);
        bytes
    };
    assert_eq!(Picture::of(&jpeg(3)).unwrap().proportion(), 0.5);
    assert!(!Picture::of(&jpeg(1)).unwrap().is_coloured);
    for bytes in [
        &b""[..],
        b"GIF89a\x02\0\x01\0\0\0\0",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>",
        &jpeg(4),
        &rgba[..rgba.len() - 20],
        &rgba[..30],
    ] {
        let error = Picture::of(bytes).unwrap_err();
        assert_eq!(error.code(), "picture-refused", "{bytes:?}");
    }
    for (width, height, size) in [(2, 1, 7), (0, 0, 0), (u32::MAX, u32::MAX, 4)] {
        assert!(Picture::of_pixels(width, height, &vec![0; size]).is_err());
    }
}
