use super::closest::closest;
use super::*;

#[test]
fn the_nearest_name_is_found_and_a_far_one_is_not() {
    let names = ["received", "validate", "reserve", "charge"];
    assert_eq!(closest("chrge", &names), Some("charge"));
    assert_eq!(closest("reserved", &names), Some("reserve"));
    assert_eq!(closest("ship", &names), None);
    assert_eq!(closest("x", &[]), None);
}

#[test]
fn a_message_that_is_too_long_is_cut() {
    let long = "é".repeat(5000);
    assert!(Text::new().push(&long).as_str().starts_with('é'));
    let cut = Text::new().push("a").push(&long);
    assert_eq!(cut.as_str().len(), 4095, "the half of a character is left out");
}

const CONTRACT: Names = Names {
    node: "N",
    events: &["Placed"],
    intents: &[],
    steps: &["charge"],
    inputs: &["received", "input"],
    senders: &[],
    compensations: &["refund"],
    conditions: &["worth_it"],
    transitions: &[],
    operations: &["users_store"],
    payloads: &[],
    topics: &[],
    defaults: &["default"],
    routes_at: "here",
    steps_at: "there",
    broken: false,
};

#[test]
#[should_panic(
    expected = "declares no step `worth_it`\nhelp: `worth_it` is a condition: write `condition = ..`"
)]
fn a_condition_in_the_slot_of_a_step_says_which() {
    declared("worth_it", Sort::Step, &CONTRACT);
}

#[test]
#[should_panic(expected = "declares no step `chrge`\nhelp: there is one with a similar name: `charge`")]
fn an_unknown_name_says_which_is_near() {
    declared("chrge", Sort::Step, &CONTRACT);
}

#[test]
#[should_panic(expected = "`refund` is a compensation: write `compensation = ..`")]
fn a_name_of_another_sort_says_which() {
    declared("refund", Sort::Step, &CONTRACT);
}

#[test]
#[should_panic(expected = "is completed by an event and has no handler")]
fn what_an_event_completes_has_no_handler() {
    declared("received", Sort::Step, &CONTRACT);
}

#[test]
#[should_panic(expected = "the contract declares `charge`, `received`, `input`\n")]
fn what_a_parameter_may_be_named_after_is_listed_whole() {
    declared("somebody", Sort::Output, &CONTRACT);
}

#[test]
#[should_panic(expected = "there is one with a similar name: `received`")]
fn what_an_event_completes_can_be_meant_by_a_parameter() {
    declared("recieved", Sort::Output, &CONTRACT);
}

#[test]
fn what_is_declared_or_cannot_be_known_is_not_reported() {
    declared("received", Sort::Output, &CONTRACT);
    declared("Placed", Sort::Event, &CONTRACT);
    declared("anything", Sort::Intent, &Names::BROKEN);
    check_event_name("OrderPlaced", "ModelOrderPlaced", "");
}

#[test]
#[should_panic(expected = "calls this event `Placed`, but the type goes by the name `PlacedV2`")]
fn an_event_of_another_name_is_reported() {
    check_event_name("PlacedV2", "Placed", "here");
}
