//! `ulm-z80 bench`: T-states and bytes, layout by layout, and against another program.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use ulm_core::Model;
use ulm_z80::bench::{Measurement, QUESTIONS, measure, profile};
use ulm_z80::cpm::{Config, MAX_TPA_KB};
use ulm_z80::pack::{Layout, Options, pack};

use super::pack::layout_name;
use super::{Failure, grouped};

/// Routines that a profile lists.
const ROUTINES: usize = 24;

/// The arguments of `bench`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The model, a .ulm file
    model: PathBuf,
    /// Questions, one a line; of lines QUESTION|REPLY the question [default: 32 of our own]
    queries: Option<PathBuf>,
    /// Measure this CP/M program as well
    #[arg(long, value_name = "OTHER.COM")]
    com: Vec<PathBuf>,
    /// Say where the T-states go, routine by routine
    #[arg(long)]
    profile: bool,
}

/// Measures a model's programs.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let path = arguments.model.display();
    let bytes = super::read(&arguments.model)?;
    let model =
        Model::parse(&bytes).map_err(|error| Failure::bad_input(format!("{path}: {error}")))?;
    let questions = questions(arguments)?;
    let config = Config {
        tpa_kb: MAX_TPA_KB,
        ..Config::default()
    };
    println!("{} questions, T-states on average", questions.len());
    println!("program      bytes  T a character     s at 4 MHz  s at 3.5 MHz  T to the first");
    let mut profiles = Vec::new();
    for layout in [Layout::Packed, Layout::Lists] {
        let name = layout_name(layout);
        let options = Options {
            layout,
            ..Options::default()
        };
        let packed = match pack(&model, &options) {
            Ok(packed) => packed,
            Err(error) => {
                println!("{name:<8} {error}");
                continue;
            }
        };
        let program = &packed.image.bytes;
        if !arguments.profile {
            row(
                name,
                program,
                &measured(name, measure(program, &questions, &config))?,
            );
            continue;
        }
        let (measurement, counts) = measured(name, profile(program, &questions, &config))?;
        row(name, program, &measurement);
        // Labels have small letters, constants have none; a local name stands behind its label's and a colon.
        let labels = packed.image.symbols.iter().filter_map(|(label, address)| {
            let is_routine =
                label.starts_with(|c: char| c.is_ascii_lowercase()) && !label.contains(':');
            let address = u16::try_from(*address).ok()?;
            is_routine.then_some((label.as_str(), address))
        });
        profiles.push((name, counts.total(), counts.by_routine(labels)));
    }
    for other in &arguments.com {
        let program = super::read(other)?;
        let name = other.display().to_string();
        row(
            &name,
            &program,
            &measured(&name, measure(&program, &questions, &config))?,
        );
    }
    for (name, total, routines) in profiles {
        println!("\n{name}: share of T-states by routine, start and questions included");
        for routine in routines.iter().take(ROUTINES) {
            println!(
                "  {:5.1} %  {:04X}h  {}",
                100.0 * routine.t_states as f64 / total as f64,
                routine.address,
                routine.name
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn measured<T>(name: &str, result: Result<T, impl std::fmt::Display>) -> Result<T, Failure> {
    result.map_err(|error| Failure::failed(format!("{name}: {error}")))
}

fn row(name: &str, program: &[u8], measurement: &Measurement) {
    let whole = |t_states: f64| grouped(t_states.round() as u64);
    println!(
        "{name:<8} {:>9} {:>14} {:>14.3} {:>13.3} {:>15}",
        grouped(program.len() as u64),
        whole(measurement.character),
        measurement.character / 4e6,
        measurement.character / 3.5e6,
        whole(measurement.first)
    );
}

/// The questions to ask.
fn questions(arguments: &Arguments) -> Result<Vec<String>, Failure> {
    let Some(path) = &arguments.queries else {
        return Ok(QUESTIONS.map(str::to_owned).to_vec());
    };
    let text = String::from_utf8_lossy(&super::read(path)?).into_owned();
    Ok(text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| line.split('|').next().unwrap_or(line).to_owned())
        .collect())
}
