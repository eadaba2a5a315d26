//! The program on a desktop: the library runs the app, here and on tablets.

fn main() {
    metercrew_app::run();
}
