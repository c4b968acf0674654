//! What a contract says stands on the page of its node, for whoever reads the documentation of a program.

use std::path::PathBuf;
use std::process::Command;

/// Builds the documentation of a package that denies every warning, rustdoc's included, and reads pages of it.
fn pages(package: &str, pages: &[&str]) -> Vec<String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = target.unwrap_or_else(|| root.join("target"));
    let output = Command::new(env!("CARGO"))
        .args(["doc", "--quiet", "--no-deps", "-p", package])
        .env("RUSTDOCFLAGS", "-D warnings")
        .current_dir(&root)
        .output()
        .expect("cargo is there: it runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let folder = target.join("doc").join(package.replace('-', "_"));
    let read = |page: &&str| {
        let path = folder.join(page);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    pages.iter().map(read).collect()
}

/// The page as it is read: no tags, entities as what they stand for, one space between words.
fn words(page: &str) -> String {
    let mut text = String::new();
    for part in page.split('<') {
        text.push(' ');
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_page_of_a_node_has_its_contract() {
    let pages = pages(
        "onex-hygiene-strict",
        &[
            "shop/struct.Shop.html",
            "shop/struct.Books.html",
            "shop/struct.Bell.html",
            "shop/shop/enum.price.html",
            "shop/shop/enum.OrderPlaced.html",
        ],
    );
    let [shop, books, bell, price, placed] = pages.as_slice() else {
        panic!("as many pages as were asked for")
    };

    // The author's own words come first, then the contract's, which are words and no markup.
    let text = words(shop);
    let own = text.find("Sells. Its functions").expect("the author's words");
    let described = text
        .find("Sells [what there is], for a <price>, see https://example.org or Vec<Price>")
        .expect("the description");
    assert!(own < described);
    assert!(text.contains("Told in a <b>block."), "{text}");
    assert!(text.contains(
        "The node node_shop_orchestrator 1.0.0, an orchestrator as contracts/shop/contract.yaml describes it."
    ));
    // The routing table: event, topic, handler, what it emits.
    assert!(text.contains(
        "OrderPlaced onex.evt.shop.order-placed.v1 order_placed OrderAccepted on onex.evt.shop.order-accepted.v1"
    ));
    assert!(shop.contains(r#"<a href="shop/enum.OrderPlaced.html""#), "a name leads to its marker");
    // The steps, as a table that reads without a script.
    assert!(
        text.contains("Workflow fulfil") && text.contains("fulfil 1.0.0: sequential, compensate."),
        "{text}"
    );
    assert!(text.contains("accepted OrderAccepted effect step, starts one run per order_id"));
    assert!(text.contains("reserve accepted effect step, undone by release"));
    assert!(text.contains("charge price , reserve effect step, runs on a condition"));
    assert!(text.contains("price accepted compute step: What it costs | in [cents], as a <Price>."));
    // The picture, for pages that have a script.
    assert!(
        shop.contains(r#"<code>---"#)
            && text.contains("flowchart TD")
            && text.contains("step_price --> step_charge")
    );

    let text = words(books);
    assert!(text.contains("It starts as empty ."));
    assert!(text.contains("empty order_priced written cents is greater than 0"), "{text}");
    assert!(text.contains("order_priced intent bell.ring"));
    assert!(words(bell).contains("RingBell intent bell.ring ring_bell"));

    // Markers have the contract's words, and say where they are written.
    let text = words(price);
    assert!(text.contains("The step price , of kind compute."));
    assert!(text.contains("What it costs | in [cents], as a <Price>."));
    assert!(text.contains("Declared at contracts/shop/contract.yaml:"));
    assert!(words(placed).contains("Somebody [wants] something."));
}
