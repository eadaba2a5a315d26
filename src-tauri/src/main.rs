fn main() {
    metercrew_app::run();
}
