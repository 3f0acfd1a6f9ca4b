//! Draws digits that people read more easily than programs: strokes that lean, bend and are crossed by lines of the
//! same colour.
#![expect(clippy::float_arithmetic, reason = "a drawing, not money")]

use super::png::Picture;

/// Twice the size it is shown in, for sharp screens.
const WIDTH: i32 = 240;
const HEIGHT: i32 = 88;
/// Half the width of a stroke in pixels.
const PEN: f32 = 3.2;
const NOISE_PEN: f32 = 1.6;
/// Steps between two points of a stroke.
const STEPS: u8 = 24;
const INK: u8 = 60;

type Point = (f32, f32);

/// The strokes of each digit in a box of 14 by 24, corner to corner.
const GLYPHS: [&[&[Point]]; 10] = [
    &[&[
        (7.0, 0.0),
        (3.0, 2.0),
        (1.0, 7.0),
        (0.5, 12.0),
        (1.0, 17.0),
        (3.0, 22.0),
        (7.0, 24.0),
        (11.0, 22.0),
        (13.0, 17.0),
        (13.5, 12.0),
        (13.0, 7.0),
        (11.0, 2.0),
        (7.0, 0.0),
    ]],
    &[&[(3.0, 5.0), (8.0, 0.0), (8.0, 24.0)], &[(3.0, 24.0), (13.0, 24.0)]],
    &[&[
        (0.5, 6.0),
        (2.0, 2.0),
        (7.0, 0.0),
        (12.0, 2.0),
        (13.5, 6.0),
        (12.0, 11.0),
        (0.0, 24.0),
        (14.0, 24.0),
    ]],
    &[&[
        (1.0, 2.0),
        (6.0, 0.0),
        (12.0, 2.0),
        (13.0, 6.0),
        (11.0, 10.0),
        (5.0, 11.5),
        (11.5, 13.0),
        (14.0, 18.0),
        (12.0, 22.0),
        (6.0, 24.0),
        (0.5, 21.5),
    ]],
    &[&[(10.0, 24.0), (10.0, 0.0), (0.0, 16.0), (14.0, 16.0)]],
    &[&[
        (13.0, 0.0),
        (2.0, 0.0),
        (1.0, 10.5),
        (6.0, 9.0),
        (11.0, 10.0),
        (14.0, 15.0),
        (13.0, 20.0),
        (8.0, 24.0),
        (3.0, 23.0),
        (0.0, 20.5),
    ]],
    &[&[
        (12.0, 1.0),
        (7.0, 3.0),
        (3.0, 8.0),
        (0.5, 15.0),
        (1.5, 21.0),
        (6.0, 24.0),
        (11.0, 23.0),
        (13.5, 18.0),
        (12.0, 13.0),
        (8.0, 11.0),
        (4.0, 12.0),
        (0.7, 16.0),
    ]],
    &[&[(0.0, 0.0), (14.0, 0.0), (5.0, 24.0)]],
    &[&[
        (7.0, 0.0),
        (2.0, 2.0),
        (1.0, 6.0),
        (3.0, 9.5),
        (7.0, 11.0),
        (12.0, 14.0),
        (14.0, 18.0),
        (12.0, 22.5),
        (7.0, 24.0),
        (2.0, 22.5),
        (0.0, 18.0),
        (2.0, 14.0),
        (7.0, 11.0),
        (11.0, 9.5),
        (13.0, 6.0),
        (12.0, 2.0),
        (7.0, 0.0),
    ]],
    &[&[
        (13.3, 8.0),
        (10.0, 12.0),
        (6.0, 13.0),
        (2.0, 11.0),
        (0.5, 6.0),
        (3.0, 1.0),
        (8.0, 0.0),
        (12.5, 3.0),
        (13.5, 9.0),
        (11.0, 17.0),
        (7.0, 22.0),
        (3.0, 24.0),
    ]],
];

/// The picture of some digits; the same key draws the same.
pub(super) fn picture(digits: &str, key: &[u8; 32]) -> Picture {
    let mut rng = Rng::new(key);
    let mut canvas = Canvas::new(rng.between(0.0, 6.0), rng.between(2.0, 5.0));
    let mut left = rng.between(16.0, 28.0);
    for digit in digits.chars().filter_map(|c| c.to_digit(10)) {
        let strokes =
            usize::try_from(digit).ok().and_then(|digit| GLYPHS.get(digit)).copied().unwrap_or_default();
        let (angle, scale) = (rng.between(-0.3, 0.3), rng.between(1.9, 2.4));
        let top = rng.between(12.0, 26.0);
        let lean = rng.between(-0.25, 0.25);
        for stroke in strokes {
            let placed = stroke.iter().map(|(x, y)| {
                let (x, y) = ((x - 7.0 + lean * (12.0 - y)) * scale, (y - 12.0) * scale);
                let (sin, cos) = angle.sin_cos();
                (left + 14.0 + x * cos - y * sin, top + 25.0 + x * sin + y * cos)
            });
            canvas.line(placed, PEN);
        }
        left += rng.between(48.0, 54.0);
    }
    for _ in 0..3 {
        let (from, to) = (rng.between(8.0, 80.0), rng.between(8.0, 80.0));
        let (bend, pace) = (rng.between(6.0, 18.0), rng.between(0.02, 0.05));
        let wave = (0..=30_u8).map(|step| {
            let x = f32::from(step) * 8.0;
            (x, from + (to - from) * x / 240.0 + bend * (x * pace).sin())
        });
        canvas.line(wave, NOISE_PEN);
    }
    for _ in 0..60 {
        let point = (rng.between(0.0, 240.0), rng.between(0.0, 88.0));
        canvas.dot(point, 1.2);
    }
    Picture { width: WIDTH.unsigned_abs(), height: HEIGHT.unsigned_abs(), pixels: canvas.pixels }
}

struct Canvas {
    pixels: Vec<u8>,
    phase: f32,
    bend: f32,
}

impl Canvas {
    fn new(phase: f32, bend: f32) -> Self {
        let size = usize::try_from(WIDTH.saturating_mul(HEIGHT)).unwrap_or(0);
        Self { pixels: vec![255; size], phase, bend }
    }

    fn line(&mut self, points: impl Iterator<Item = Point>, pen: f32) {
        let mut before: Option<Point> = None;
        for (x, y) in points {
            let (from_x, from_y) = before.unwrap_or((x, y));
            for step in 0..=STEPS {
                let part = f32::from(step) / f32::from(STEPS);
                self.dot((from_x + (x - from_x) * part, from_y + (y - from_y) * part), pen);
            }
            before = Some((x, y));
        }
    }

    /// A dot with a soft edge, shifted by the wave that bends the whole picture.
    fn dot(&mut self, (x, y): Point, radius: f32) {
        let y = y + self.bend * (x / 23.0 + self.phase).sin();
        let x = x + self.bend * 0.6 * (y / 17.0 + self.phase).cos();
        let reach = 6_i16;
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let (px, py) = (x.round() + f32::from(dx), y.round() + f32::from(dy));
                let distance = ((px - x).powi(2) + (py - y).powi(2)).sqrt();
                let cover = (radius + 0.5 - distance).clamp(0.0, 1.0);
                if cover > 0.0 {
                    self.ink(px, py, cover);
                }
            }
        }
    }

    fn ink(&mut self, x: f32, y: f32, cover: f32) {
        let Some(pixel) = place(x, y).and_then(|place| self.pixels.get_mut(place)) else { return };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between ink and white")]
        let shade = (255.0 - cover * f32::from(255 - INK)) as u8;
        *pixel = shade.min(*pixel);
    }
}

fn place(x: f32, y: f32) -> Option<usize> {
    #[expect(clippy::cast_possible_truncation, reason = "whole pixels near the picture")]
    let (x, y) = (x as i32, y as i32);
    let inside = (0..WIDTH).contains(&x) && (0..HEIGHT).contains(&y);
    if inside { usize::try_from(y.saturating_mul(WIDTH).saturating_add(x)).ok() } else { None }
}

/// Pseudo-random numbers from a key (xorshift64*).
struct Rng(u64);

impl Rng {
    fn new(key: &[u8; 32]) -> Self {
        Self(key.first_chunk().map_or(1, |start| u64::from_be_bytes(*start)).max(1))
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let [high_bits, low_bits, ..] = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D).to_be_bytes();
        let part = f32::from(u16::from_be_bytes([high_bits, low_bits])) / 65_535.0;
        low + (high - low) * part
    }
}
