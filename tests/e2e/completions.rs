//! What shells are given to complete with, read by the shells themselves.

use std::process::{Command, Output};

use crate::support::project::Project;

fn script(shell: &str) -> String {
    Project::empty().shotlist(&format!("completions {shell}")).ends(0).stdout
}

/// What a shell makes of the script; none where it is not installed.
fn run(shell: &str, args: &[&str], script: &str) -> Option<Output> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), script).unwrap();
    Command::new(shell).args(args).arg(file.path()).output().ok()
}

#[test]
fn every_shell_is_given_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = script(shell);
        for command in ["check", "plan", "render", "status", "schema", "completions", "init"] {
            assert!(script.contains(command), "{command} in {shell}");
        }
    }
}

#[test]
fn bash_completes_commands_flags_and_values_with_it() {
    let ask = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let (words, at) = (words.join("' '"), words.len() - 1);
        let asked = format!(
            "COMP_WORDS=('{words}'); COMP_CWORD={at}; _shotlist shotlist \"${{COMP_WORDS[{at}]}}\" \"${{COMP_WORDS[{at}-1]}}\"; echo \"${{COMPREPLY[*]}}\""
        );
        let done = run("bash", &["--norc"], &format!("{}\n{asked}\n", script("bash"))).unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    assert_eq!(ask("shotlist rend").trim(), "render");
    assert_eq!(ask("shotlist render --fail-f").trim(), "--fail-fast");
    assert_eq!(ask("shotlist completions el").trim(), "elvish");
    assert_eq!(ask("shotlist plan --color ").trim(), "auto always never");
}

#[test]
fn zsh_and_fish_can_read_theirs_where_they_are_installed() {
    for shell in ["zsh", "fish"] {
        let Some(done) = run(shell, &["-n"], &script(shell)) else { continue };
        assert!(done.status.success(), "{shell}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

#[test]
fn a_shell_that_is_not_known_is_told_with_those_that_are() {
    Project::empty().shotlist("completions csh").ends(2).says("bash, elvish, fish, powershell, zsh");
}
