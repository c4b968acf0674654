#[handler(transition = door::DoorPushed)]
fn door_pushed(door: &mut Door, pushed: &DoorPushed) {
    door.pushes += 1;
}
