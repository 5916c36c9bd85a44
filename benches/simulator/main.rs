//! The simulator under a crowd: 1,000 requests in flight, 10,000 in a run, without the making of videos. Prints what that
//! takes of the machine as it goes on; nothing is asserted.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on ends, and prints"
)]

use std::fs;
use std::path::Path;
use std::time::Instant;

use crowd::{Server, Taken, bring};

mod crowd;

const AT_ONCE: usize = 1_000;
const IN_ALL: usize = 10_000;
/// Between two lines of the table.
const STEP: usize = 1_000;

/// Of Linux's `/proc/PID/stat`: it counts processor time in hundredths of a second (proc(5), `sysconf(_SC_CLK_TCK)`).
const MICROS_PER_TICK: u64 = 10_000;

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let footage = crowd::footage(folder.path());
    let server = Server::start(Path::new(env!("CARGO_BIN_EXE_shotlist")), &footage, AT_ONCE);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("{AT_ONCE} requests in flight, {IN_ALL} in all; the simulator alone, at its start with");
    println!(" requests   calls   wall s   CPU µs a call   resident kB   descriptors");
    print(0, 0, 0.0, 0, server.taken());
    for done in (0..IN_ALL).step_by(STEP) {
        let (before, started) = (cpu_micros(&server), Instant::now());
        let calls = runtime.block_on(bring(&server.origin, done..done + STEP, AT_ONCE));
        let cpu = cpu_micros(&server) - before;
        print(done + STEP, calls, started.elapsed().as_secs_f64(), cpu / calls as u64, server.taken());
    }
}

fn print(requests: usize, calls: usize, wall: f64, cpu: u64, Taken { resident_bytes, descriptors }: Taken) {
    println!("{requests:9} {calls:7} {wall:8.1} {cpu:15} {:13} {descriptors:13}", resident_bytes / 1024);
}

/// User and system time, the 14th and 15th field; the second is a name in parentheses, which may hold blanks.
fn cpu_micros(server: &Server) -> u64 {
    let stat = fs::read_to_string(server.told().join("stat")).unwrap();
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace().skip(11).take(2);
    fields.map(|field| field.parse::<u64>().unwrap()).sum::<u64>() * MICROS_PER_TICK
}
