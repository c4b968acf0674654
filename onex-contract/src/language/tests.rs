use std::collections::HashSet;

use super::{Need, Section, Shape};

fn sections() -> Vec<&'static Section> {
    super::sections(&super::roots())
}

#[test]
fn a_key_stands_once_in_its_section_and_says_what_it_is() {
    for section in sections() {
        let mut seen = HashSet::new();
        for key in section.keys {
            assert!(seen.insert(key.name), "{} has `{}` twice", section.name, key.name);
            assert!(key.what.ends_with('.'), "`{}` of {}", key.name, section.name);
        }
        for foreign in section.foreign {
            assert!(seen.insert(foreign.name), "{} has `{}` twice", section.name, foreign.name);
        }
        assert!(section.what.ends_with('.'), "{}", section.name);
    }
}

#[test]
fn the_default_of_a_key_is_among_its_values() {
    for section in sections() {
        for key in section.keys {
            let Need::Default(default) = key.need else { continue };
            let fits = match &key.shape {
                Shape::Boolean => default.parse::<bool>().is_ok(),
                Shape::Integer { min, max } => {
                    default.parse().is_ok_and(|value| (*min..=*max).contains(&value))
                }
                Shape::Number { min, max } => {
                    default.parse().is_ok_and(|value| (*min..=*max).contains(&value))
                }
                Shape::Word(words) => words.iter().any(|word| word.name == default),
                _ => true,
            };
            assert!(fits, "`{}` of {} has the default {default}", key.name, section.name);
        }
    }
}

#[test]
fn of_the_shapes_that_a_key_takes_at_most_one_is_a_mapping_and_one_a_list() {
    for section in sections() {
        for key in section.keys {
            let Shape::Either(shapes) = &key.shape else { continue };
            let count = |wanted: fn(&Shape) -> bool| shapes.iter().filter(|shape| wanted(shape)).count();
            assert!(
                count(|shape| matches!(shape, Shape::Section(_) | Shape::Table { .. })) <= 1,
                "{}",
                key.name
            );
            assert!(count(|shape| matches!(shape, Shape::List(_))) <= 1, "{}", key.name);
            assert!(count(|shape| matches!(shape, Shape::Either(_))) == 0, "{}", key.name);
        }
    }
}

/// The schema for editors refers to sections by their names.
#[test]
fn the_sections_of_one_root_have_different_names() {
    for root in super::roots() {
        let mut seen = HashSet::new();
        for section in super::sections(&[root]) {
            assert!(seen.insert(section.name), "{} has two sections {}", root.name, section.name);
        }
    }
}
