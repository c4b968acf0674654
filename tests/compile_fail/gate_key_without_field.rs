use onex::{Event, orchestrator};

#[derive(Event, serde::Serialize, serde::Deserialize)]
struct ExpenseFiled {
    expense_id: String,
}

#[derive(Event, serde::Serialize, serde::Deserialize)]
struct ExpenseDecided {
    about: String,
}

#[orchestrator(contract = "./gate_key_without_field.yaml")]
struct Expenses;

fn main() {}
