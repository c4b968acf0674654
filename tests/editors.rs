//! What an editor makes of a program: rust-analyzer itself is asked, as an editor asks it.
//!
//! Skipped, and says so, where rust-analyzer is not installed (`rustup component add rust-analyzer`).

#[path = "editors/session.rs"]
mod session;

use session::{Place, Session};

const CHARGE: &str = "#[handler(step = shop::charge)]";

#[test]
fn an_editor_follows_completes_and_explains() {
    let Some(mut session) = Session::open("examples/tour") else {
        eprintln!("skipped: rust-analyzer is not installed");
        return;
    };
    let tour = session.text().to_owned();
    assert_eq!(session.errors(), Vec::<String>::new(), "the tour has no faults for an editor");

    // The attribute's path leads to the contract's name, wherever it is written, and to nothing else.
    let contract = vec![Place::of(&tour, "\"contract.yaml\"")];
    assert_eq!(session.definitions(CHARGE, "charge"), contract);
    assert_eq!(session.definitions("Emit<shop::OrderPlaced>", "OrderPlaced"), contract);
    assert_eq!(session.definitions(CHARGE, "shop"), [Place::of_in(&tour, "struct Shop;", "Shop")]);
    // What implements it is its handler; who uses it is found, too: the parameter of another step is one.
    let attribute = Place::of_in(&tour, CHARGE, "charge");
    assert!(session.implementations(CHARGE, "charge").contains(&attribute));
    let references = session.references(CHARGE, "charge");
    assert!(
        references.contains(&Place::of_in(&tour, "fn receipt(charge: &u64)", "charge")),
        "{references:?}"
    );
    assert!(references.contains(&attribute), "{references:?}");
    // A parameter is itself, and the step that it is named after.
    let definitions = session.definitions("async fn charge(price: &u64", "price");
    assert_eq!(definitions, [vec![Place::of_in(&tour, "async fn charge(price", "price")], contract].concat());

    // Hovering shows the contract's words, and no others.
    let hover = session.hover(CHARGE, "charge");
    assert!(
        hover.contains("The step `charge`, of kind effect.") && hover.contains("Declared at `contract.yaml:"),
        "{hover}"
    );
    assert_eq!(hover.matches("```rust").count(), 2, "one thing, with its path: {hover}");
    let hover = session.hover("struct Shop;", "Shop");
    assert!(hover.contains("`onex.cmd.shop.place-order.v1`") && !hover.contains("mermaid"), "{hover}");

    // What is half typed is completed from the contract.
    let names = ["OrderPlaced", "accepted", "charge", "input", "price", "receipt", "release", "reserve"];
    for typed in ["#[handler(step = shop::", "#[handler(step = shop::cha"] {
        let line = format!("{typed})]");
        session.edit(&tour.replace(CHARGE, &line));
        assert_eq!(session.completions(&line, typed), names, "{typed}");
        assert!(session.symbols().contains(&"charge".to_owned()), "the function is still there");
    }
    // A body that does not parse is one fault, in the body: the handler is still one, and what it takes is still known.
    let body = "bank.charge(*price, ctx.idempotency_key().to_string())";
    session.edit(&tour.replace(body, "bank."));
    assert!(session.completions("    bank.\n", "    bank.").contains(&"charge".to_owned()));
    assert_eq!(session.errors(), ["Syntax Error: expected field name or number"]);
    assert!(session.implementations(CHARGE, "charge").contains(&attribute));
    // So is an attribute that says nothing yet.
    session.edit(&tour.replace(CHARGE, "#[handler(step = )]"));
    assert_eq!(session.errors(), ["unexpected end of input, expected identifier"]);
    assert!(session.symbols().contains(&"charge".to_owned()));
}
