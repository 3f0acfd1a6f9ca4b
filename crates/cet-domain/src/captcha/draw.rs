//! Draws digits that people read more easily than programs: strokes that lean, bend and touch, dark on light in one place
//! and light on dark in the next, crossed by lines of their own width.
#![expect(clippy::float_arithmetic, reason = "a drawing, not money")]

use super::png::Picture;

/// Twice the size it is shown in, for sharp screens.
const WIDTH: i32 = 240;
const HEIGHT: i32 = 88;
/// Half the width of a stroke in pixels.
const PEN: f32 = 3.4;
const NOISE_PEN: f32 = 2.0;
/// How many patches, side by side, and lines turn the picture over.
const PATCHES: u8 = 3;
const LINES: u8 = 1;
/// Steps between two points of a stroke.
const STEPS: u8 = 24;
const INK: u8 = 40;

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
    let (phase, bend) = (rng.between(0.0, 6.0), rng.between(2.5, 4.5));
    let layer = || Layer::new(phase, bend);
    let mut written = layer();
    let mut left = rng.between(18.0, 40.0);
    for digit in digits.chars().filter_map(|c| c.to_digit(10)) {
        left += write(&mut written, &mut rng, digit, left);
    }
    let mut picture = layer();
    picture.turn_over(&written);
    // Dark on light here and light on dark there: no threshold finds all of a stroke.
    for patch in 0..PATCHES {
        let mut over = layer();
        let middle = 40.0 + 80.0 * f32::from(patch) + rng.between(-18.0, 18.0);
        over.disc((middle, rng.between(14.0, 74.0)), rng.between(24.0, 34.0));
        picture.turn_over(&over);
    }
    // They turn over what they cross, so that taking them out cuts the strokes.
    for _ in 0..LINES {
        let mut line = layer();
        wave(&mut line, &mut rng);
        picture.turn_over(&line);
    }
    picture.finished()
}

/// Writes one digit; returns how far the next one is.
fn write(layer: &mut Layer, rng: &mut Rng, digit: u32, left: f32) -> f32 {
    let strokes =
        usize::try_from(digit).ok().and_then(|digit| GLYPHS.get(digit)).copied().unwrap_or_default();
    let (angle, scale) = (rng.between(-0.3, 0.3), rng.between(2.4, 2.8));
    let (wide, top, lean) = (rng.between(0.85, 1.1), rng.between(13.0, 25.0), rng.between(-0.15, 0.15));
    for stroke in strokes {
        let placed = stroke.iter().map(|(x, y)| {
            let (x, y) = (((x - 7.0) * wide + lean * (12.0 - y)) * scale, (y - 12.0) * scale);
            let (sin, cos) = angle.sin_cos();
            (left + 14.0 + x * cos - y * sin, top + 25.0 + x * sin + y * cos)
        });
        layer.line(placed, PEN);
    }
    rng.between(43.0, 48.0)
}

fn wave(layer: &mut Layer, rng: &mut Rng) {
    let (from, to) = (rng.between(6.0, 82.0), rng.between(6.0, 82.0));
    let (bend, pace, phase) = (rng.between(8.0, 20.0), rng.between(0.02, 0.05), rng.between(0.0, 6.0));
    let points = (0..=30_u8).map(|step| {
        let x = f32::from(step) * 8.0;
        (x, from + (to - from) * x / 240.0 + bend * (x * pace + phase).sin())
    });
    layer.line(points, NOISE_PEN);
}

/// How much of each pixel is covered, from 0 to 1.
struct Layer {
    cover: Vec<f32>,
    phase: f32,
    bend: f32,
}

impl Layer {
    fn new(phase: f32, bend: f32) -> Self {
        let size = usize::try_from(WIDTH.saturating_mul(HEIGHT)).unwrap_or(0);
        Self { cover: vec![0.0; size], phase, bend }
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

    /// A dot shifted by the wave that bends the whole picture.
    fn dot(&mut self, (x, y): Point, radius: f32) {
        let y = y + self.bend * (x / 23.0 + self.phase).sin();
        let x = x + self.bend * 0.6 * (y / 17.0 + self.phase).cos();
        self.disc((x, y), radius);
    }

    /// A disc with a soft edge.
    fn disc(&mut self, (x, y): Point, radius: f32) {
        #[expect(clippy::cast_possible_truncation, reason = "some pixels")]
        let reach = (radius.ceil() as i16).saturating_add(1);
        let around = || reach.saturating_neg()..=reach;
        for dy in around() {
            for dx in around() {
                let (px, py) = (x.round() + f32::from(dx), y.round() + f32::from(dy));
                let distance = ((px - x).powi(2) + (py - y).powi(2)).sqrt();
                let cover = (radius + 0.5 - distance).clamp(0.0, 1.0);
                if let Some(held) = place(px, py).and_then(|place| self.cover.get_mut(place)) {
                    *held = held.max(cover);
                }
            }
        }
    }

    /// Turns dark into light and light into dark where another layer covers.
    fn turn_over(&mut self, other: &Self) {
        for (held, over) in self.cover.iter_mut().zip(&other.cover) {
            *held = *held + *over - 2.0 * *held * *over;
        }
    }

    fn finished(self) -> Picture {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between ink and white")]
        let pixels = self.cover.iter().map(|cover| (255.0 - cover * f32::from(255 - INK)) as u8).collect();
        Picture { width: WIDTH.unsigned_abs(), height: HEIGHT.unsigned_abs(), pixels }
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
