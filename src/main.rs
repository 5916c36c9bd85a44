//! The `shotlist` program; see the library for how it is built.

fn main() -> std::process::ExitCode {
    shotlist::cli::main()
}
