//! A rush as a picture: rate, latency and people over time.

use std::fmt::Write as _;

use super::report::{Report, Second, time};

const WIDTH: u64 = 900;
const LEFT: u64 = 90;
const HEIGHT: u64 = 150;
const GAP: u64 = 50;
/// The polylines' colours: readable in print and for the colour-blind.
const BLUE: &str = "#0b5cad";
const ORANGE: &str = "#c2570c";

/// One curve: its name, colour and values.
type Curve<'c> = (&'c str, &'c str, Vec<u64>);

/// One chart: its title, its curves, and how a value is written.
type Chart<'c> = (&'c str, Vec<Curve<'c>>, fn(u64) -> String);

/// An SVG of the report, to be looked at by itself.
pub(crate) fn svg(report: &Report) -> String {
    let of = |value: fn(&Second) -> u64| report.seconds.iter().map(value).collect::<Vec<u64>>();
    let charts: [Chart<'_>; 3] = [
        (
            "a second",
            vec![
                ("answers", BLUE, of(|of| of.answers.into())),
                ("candidates done", ORANGE, of(|of| of.done.into())),
            ],
            |n| n.to_string(),
        ),
        ("p99 of the answers", vec![("p99", BLUE, of(|of| of.p99_us))], time),
        (
            "candidates",
            vec![
                ("under way", BLUE, of(|of| of.under_way.into())),
                ("in the waiting room", ORANGE, of(|of| of.waiting.into())),
            ],
            |n| n.to_string(),
        ),
    ];
    let height = GAP + (HEIGHT + GAP) * 3;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\"><rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"14\">{}</text>",
        escaped(&report.load)
    );
    let mut top = GAP;
    for (title, curves, shown) in &charts {
        chart(&mut svg, top, title, curves, *shown);
        top += HEIGHT + GAP;
    }
    let seconds = report.seconds.len().saturating_sub(1);
    let _infallible = write!(
        svg,
        "<text x=\"{LEFT}\" y=\"{0}\">0 s</text><text x=\"{1}\" y=\"{0}\" text-anchor=\"end\">{seconds} s</text></svg>",
        top - GAP + 16,
        WIDTH - 20
    );
    svg
}

fn chart(svg: &mut String, top: u64, title: &str, curves: &[Curve<'_>], shown: fn(u64) -> String) {
    let most = curves.iter().flat_map(|(_, _, values)| values).copied().max().unwrap_or(0).max(1);
    let bottom = top + HEIGHT;
    let _infallible = write!(
        svg,
        "<text x=\"{LEFT}\" y=\"{}\">{title}</text>\
         <path d=\"M{LEFT} {top}V{bottom}H{}\" fill=\"none\" stroke=\"#767676\"/>\
         <text x=\"{2}\" y=\"{3}\" text-anchor=\"end\">{4}</text><text x=\"{2}\" y=\"{bottom}\" text-anchor=\"end\">0</text>",
        top - 8,
        WIDTH - 20,
        LEFT - 6,
        top + 10,
        shown(most),
    );
    for (n, (name, colour, values)) in (0_u64..).zip(curves) {
        let last = u64::try_from(values.len()).unwrap_or(1).saturating_sub(1).max(1);
        let points: Vec<String> = (0_u64..)
            .zip(values)
            .map(|(x, y)| {
                let x = LEFT + x.saturating_mul(WIDTH - 20 - LEFT) / last;
                let y = bottom - y.saturating_mul(HEIGHT) / most;
                format!("{x},{y}")
            })
            .collect();
        let _infallible = write!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>\
             <text x=\"{}\" y=\"{}\" fill=\"{colour}\" text-anchor=\"end\">{name}</text>",
            points.join(" "),
            WIDTH - 20 - n * 150,
            top - 8
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::super::report::tests::rushed;
    use super::*;

    #[test]
    fn the_picture_is_xml_with_a_curve_for_each_value() {
        let report = Report::of("rate < 5 & more".to_owned(), &rushed());
        let picture = svg(&report);
        assert_eq!(picture.matches("<polyline").count(), 5);
        assert!(picture.contains("rate &lt; 5 &amp; more"));
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>"));
        // The largest value touches the top of its chart, and nothing leaves the picture.
        assert!(picture.contains(&format!(",{GAP}")), "{picture}");
    }
}
