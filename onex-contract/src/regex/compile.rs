//! The parts of a pattern to its program.

use super::fault::{Fault, What};
use super::{Instruction, MOST_INSTRUCTIONS, Part};

pub(super) fn program(part: &Part, text: &str) -> Result<Vec<Instruction>, Fault> {
    let mut program = Vec::new();
    match emit(&mut program, part).and_then(|()| push(&mut program, Instruction::Matched)) {
        Some(_) => Ok(program),
        None => Err(Fault { what: What::TooLarge, place: 0..text.len() }),
    }
}

/// `None`: there is no room.
fn push(program: &mut Vec<Instruction>, instruction: Instruction) -> Option<usize> {
    let place = program.len();
    program.push(instruction);
    (place < MOST_INSTRUCTIONS).then_some(place)
}

fn emit(program: &mut Vec<Instruction>, part: &Part) -> Option<()> {
    match part {
        Part::Set(set) => push(program, Instruction::One(set.0.clone())).map(drop),
        Part::Assertion(assertion) => push(program, Instruction::Check(*assertion)).map(drop),
        Part::Sequence(parts) => parts.iter().try_for_each(|part| emit(program, part)),
        Part::Either(branches) => either(program, branches),
        Part::Repeated { part, least, most } => repeated(program, part, *least, *most),
    }
}

fn either(program: &mut Vec<Instruction>, branches: &[Part]) -> Option<()> {
    let Some((last, others)) = branches.split_last() else { return Some(()) };
    let mut ends = Vec::with_capacity(others.len());
    for branch in others {
        let both = push(program, Instruction::Both(0, 0))?;
        emit(program, branch)?;
        ends.push(push(program, Instruction::Go(0))?);
        program[both] = Instruction::Both(number(both + 1), number(program.len()));
    }
    emit(program, last)?;
    let end = number(program.len());
    ends.into_iter().for_each(|place| program[place] = Instruction::Go(end));
    Some(())
}

fn repeated(program: &mut Vec<Instruction>, part: &Part, least: u32, most: Option<u32>) -> Option<()> {
    for _ in 0..least {
        let before = program.len();
        emit(program, part)?;
        if program.len() == before {
            // There is nothing in it: once is as often as one likes.
            return Some(());
        }
    }
    match most {
        Some(most) => {
            let mut ends = Vec::new();
            for _ in least..most {
                ends.push(push(program, Instruction::Both(0, 0))?);
                let before = program.len();
                emit(program, part)?;
                if program.len() == before {
                    break;
                }
            }
            let end = number(program.len());
            ends.into_iter().for_each(|place| program[place] = Instruction::Both(number(place + 1), end));
        }
        None => {
            let both = push(program, Instruction::Both(0, 0))?;
            emit(program, part)?;
            push(program, Instruction::Go(number(both)))?;
            program[both] = Instruction::Both(number(both + 1), number(program.len()));
        }
    }
    Some(())
}

/// A place in a program, which [`MOST_INSTRUCTIONS`] bounds.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
