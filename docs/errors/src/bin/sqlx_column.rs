fn main() {
    let _ = sqlx::query!("SELECT id, euros FROM orders WHERE id = ?", 1);
}
