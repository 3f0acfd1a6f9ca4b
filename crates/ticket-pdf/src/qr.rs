//! The QR code of a ticket. The crate `qrcode` creates the modules; the choice among the eight masks is made here,
//! since its own implementation took longer than everything else in a ticket except compression.

use qrcode::bits::encode_auto;
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::ec::construct_codewords;
use qrcode::{EcLevel, QrResult};

const MASKS: [MaskPattern; 8] = [
    MaskPattern::Checkerboard,
    MaskPattern::HorizontalLines,
    MaskPattern::VerticalLines,
    MaskPattern::DiagonalLines,
    MaskPattern::LargeCheckerboard,
    MaskPattern::Fields,
    MaskPattern::Diamonds,
    MaskPattern::Meadow,
];

/// A finder pattern, which must not occur elsewhere.
const FINDER: [bool; 7] = [true, false, true, true, true, false, true];

/// The rows of a QR code with error correction M, from the top; `true` is dark.
pub(crate) fn rows(text: &str) -> QrResult<Vec<Vec<bool>>> {
    let bits = encode_auto(text.as_bytes(), EcLevel::M)?;
    let version = bits.version();
    let (data, correction) = construct_codewords(&bits.into_bytes(), version, EcLevel::M)?;
    let mut canvas = Canvas::new(version, EcLevel::M);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &correction);
    let side = usize::try_from(version.width()).unwrap_or(1).max(1);
    let masked = MASKS.iter().map(|mask| {
        let mut canvas = canvas.clone();
        canvas.apply_mask(*mask);
        let dark: Vec<bool> =
            canvas.into_colors().into_iter().map(|colour| colour == qrcode::Color::Dark).collect();
        dark.chunks(side).map(<[bool]>::to_vec).collect::<Vec<_>>()
    });
    Ok(masked.min_by_key(|rows| penalty(rows)).unwrap_or_default())
}

/// The penalty score of the modules (ISO/IEC 18004, 7.8.3).
fn penalty(rows: &[Vec<bool>]) -> usize {
    let columns: Vec<Vec<bool>> = (0..rows.len())
        .map(|at| rows.iter().map(|row| row.get(at).copied().unwrap_or_default()).collect())
        .collect();
    let lines = rows.iter().chain(&columns).map(|line| line_penalty(line)).sum::<usize>();
    let pairs = rows.iter().zip(rows.iter().skip(1));
    let blocks: usize = pairs.map(|(row, below)| blocks(row, below)).sum();
    let modules = rows.iter().map(Vec::len).sum::<usize>();
    let dark = rows.iter().flatten().filter(|dark| **dark).count();
    // The deviation from 50 %, in halves of a percent.
    let balance = dark.saturating_mul(200).checked_div(modules).unwrap_or(0).abs_diff(100);
    lines.saturating_add(blocks.saturating_mul(3)).saturating_add(balance)
}

fn line_penalty(line: &[bool]) -> usize {
    let runs = line.chunk_by(|one, next| one == next).map(<[bool]>::len);
    let long: usize = runs.filter(|run| *run >= 5).map(|run| run.saturating_sub(2)).sum();
    let finders = line.windows(FINDER.len()).enumerate().filter(|(at, seven)| {
        let light = |part: Option<&[bool]>| !part.unwrap_or_default().contains(&true);
        let end = at.saturating_add(FINDER.len());
        *seven == FINDER
            && (light(line.get(at.saturating_sub(4)..*at))
                || light(line.get(end..end.saturating_add(4).min(line.len()))))
    });
    finders.count().saturating_mul(40).saturating_add(long)
}

/// Counts 2×2 blocks of one colour.
fn blocks(row: &[bool], below: &[bool]) -> usize {
    let pairs = row.windows(2).zip(below.windows(2));
    pairs.filter(|(pair, under)| pair == under && pair.first() == pair.last()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use qrcode::QrCode;

    #[test]
    fn the_modules_are_those_of_the_crate_s_own_choice() {
        for n in 0..40_usize {
            let letters: Vec<char> = ('!'..='z').collect();
            let text: String = (0..=n * 9).map(|at| letters[at * (n + 7) % letters.len()]).collect();
            let theirs = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).unwrap();
            let dark: Vec<bool> =
                theirs.to_colors().into_iter().map(|colour| colour == qrcode::Color::Dark).collect();
            assert_eq!(rows(&text).unwrap().concat(), dark, "{n}");
        }
    }
}
