use bevy_ecs::prelude::*;

struct Bank;

fn charge(_bank: &Bank, _orders: Query<Entity>) {}

fn main() {
    let mut schedule = Schedule::default();
    schedule.add_systems(charge);
}
