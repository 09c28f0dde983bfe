//! Charts as SVG files.

use std::path::Path;

use super::failure::Failure;
use super::files::Target;

/// A chart of lines over a common axis.
#[cfg_attr(not(feature = "plot"), expect(dead_code, reason = "nothing draws it"))]
pub(crate) struct Chart {
    /// Shown on top.
    pub(crate) title: String,
    /// What the horizontal axis is.
    pub(crate) x: String,
    /// What the vertical axis is.
    pub(crate) y: String,
    /// The lines, each in a colour of its own.
    pub(crate) lines: Vec<Line>,
    /// Points to be marked, each with a word.
    pub(crate) marks: Vec<(f64, f64, String)>,
}

/// A line of a chart.
#[cfg_attr(not(feature = "plot"), expect(dead_code, reason = "nothing draws it"))]
pub(crate) struct Line {
    /// Shown in the legend.
    pub(crate) name: String,
    /// Its points, from left to right.
    pub(crate) points: Vec<(f64, f64)>,
}

/// The file that a chart will be written to, if this build can draw at all.
pub(crate) fn target(path: &Path) -> Result<Target, Failure> {
    if cfg!(feature = "plot") {
        Target::check(path)
    } else {
        let cause = "this build cannot draw: build it with `--features plot`";
        Err(Failure::about(path.display(), cause))
    }
}

/// Draws `chart` and writes it.
pub(crate) fn write(target: &Target, chart: &Chart) -> Result<(), Failure> {
    let svg = draw(chart).map_err(|cause| Failure::about(target.path().display(), cause))?;
    target.write(svg.as_bytes())
}

#[cfg(not(feature = "plot"))]
fn draw(_chart: &Chart) -> Result<String, String> {
    Err("this build cannot draw".into())
}

#[cfg(feature = "plot")]
fn draw(chart: &Chart) -> Result<String, String> {
    let mut svg = String::new();
    drawing::draw(chart, &mut svg).map_err(|error| error.to_string())?;
    Ok(svg)
}

#[cfg(feature = "plot")]
mod drawing {
    use std::error::Error;

    use plotters::prelude::*;

    use super::Chart;

    /// Size of a chart, in pixels.
    const SIZE: (u32, u32) = (800, 500);

    /// Colours that people with any vision tell apart (Okabe and Ito, 2008).
    const COLOURS: [RGBColor; 5] = [
        RGBColor(0, 114, 178),
        RGBColor(213, 94, 0),
        RGBColor(0, 158, 115),
        RGBColor(204, 121, 167),
        RGBColor(86, 180, 233),
    ];

    pub(super) fn draw(chart: &Chart, svg: &mut String) -> Result<(), Box<dyn Error>> {
        let points = || chart.lines.iter().flat_map(|line| &line.points);
        let fold = |of: fn(&(f64, f64)) -> f64| {
            points()
                .map(of)
                .fold((0.0_f64, 0.0_f64), |(low, high), value| {
                    (low.min(value), high.max(value))
                })
        };
        let ((left, right), (bottom, top)) = (fold(|p| p.0), fold(|p| p.1));
        let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let mut area = ChartBuilder::on(&root)
            .caption(&chart.title, ("sans-serif", 20))
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(52)
            .build_cartesian_2d(left..right.max(left + 1e-9), bottom..top.max(1e-9) * 1.02)?;
        area.configure_mesh()
            .x_desc(&chart.x)
            .y_desc(&chart.y)
            .light_line_style(WHITE)
            .draw()?;
        for (line, colour) in chart.lines.iter().zip(COLOURS.iter().cycle()) {
            area.draw_series(LineSeries::new(
                line.points.iter().copied(),
                colour.stroke_width(2),
            ))?
            .label(&line.name)
            .legend(|(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
        }
        area.draw_series(chart.marks.iter().map(|(x, y, word)| {
            EmptyElement::at((*x, *y))
                + Circle::new((0, 0), 4, BLACK.filled())
                + Text::new(word.clone(), (8, -6), ("sans-serif", 14))
        }))?;
        area.configure_series_labels()
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK.mix(0.3))
            .draw()?;
        root.present()?;
        Ok(())
    }
}
