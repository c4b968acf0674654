#[derive(Container)]
struct App {
    bank: Arc<Bank>,
    #[container(skip)]
    started: Instant,
}
