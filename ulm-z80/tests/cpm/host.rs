//! What the host measures.

use ulm_z80::cpm::{Config, Cpm, End, Script, Tally};
use ulm_z80::z80::Profile;

use crate::{limited, program};

#[test]
fn stats_count_replies_alone() {
    let mut cpm = Cpm::new(&limited(), Script::new().input("abc\r!\r")).unwrap();
    let image = program("echo", &[]);
    cpm.load(&image.bytes, "ECHO", "").unwrap();
    assert_eq!(cpm.run().unwrap(), End::WarmBoot);
    let stats = cpm.stats();
    // One turn of the loop by the listing: pop pop inc jr dec jr push push ld ld call, and JP at 0005h.
    let turn = 10 + 10 + 6 + 12 + 4 + 7 + 11 + 11 + 7 + 7 + 17 + 10;
    // From C_READSTR's return: RET is the BDOS's, so LD A onwards; the newline is printed on the way.
    let first =
        13 + 7 + 10 + (10 + 7 + 17 + 10) + 13 + 4 + 10 + 4 + (4 + 7 + 11 + 11 + 7 + 7 + 17 + 10);
    assert_eq!(
        stats.character,
        Tally {
            count: 2,
            sum: 2 * turn,
            max: turn
        }
    );
    assert_eq!(
        stats.first,
        Tally {
            count: 1,
            sum: first,
            max: first
        }
    );
    assert_eq!(stats.interrupts_off, 0);
}

#[test]
fn the_time_with_interrupts_off_is_measured() {
    let image = program("stackreader", &[]);
    let mut cpm = Cpm::new(&limited(), Script::new()).unwrap();
    cpm.load(&image.bytes, "NAME", "").unwrap();
    cpm.run().unwrap();
    // From the end of DI to the end of EI.
    let guarded = 20 + 10 + 10 + 200 * (10 + 11) + 20 + 4;
    assert_eq!(cpm.stats().interrupts_off, guarded);
}

#[test]
fn a_profile_accounts_for_every_t_state() {
    let image = program("echo", &[]);
    let mut profile = Profile::new();
    let mut cpm = Cpm::new(&limited(), Script::new().input("hello\r!\r")).unwrap();
    cpm.load(&image.bytes, "ECHO", "").unwrap();
    cpm.run_probed(&mut profile).unwrap();
    assert_eq!(profile.total(), cpm.stats().t_states);
    let labels = image.symbols.iter().filter(|(name, _)| !name.contains(':'));
    let addresses =
        labels.filter_map(|(name, value)| Some((name.as_str(), u16::try_from(*value).ok()?)));
    let routines = addresses.filter(|(_, address)| *address >= image.origin || *address == 5);
    let shares = profile.by_routine(routines.chain([("start", image.origin)]));
    assert_eq!(
        shares.iter().map(|share| share.t_states).sum::<u64>(),
        profile.total()
    );
    assert_eq!(shares[0].name, "next");
    let vector = shares.iter().find(|share| share.address == 5);
    assert_eq!(
        vector.map(|share| (share.name.as_str(), share.t_states % 10)),
        Some(("BDOS", 0))
    );
}

#[test]
fn runs_repeat_to_the_t_state() {
    let image = program("echo", &[]);
    let run = |config: &Config| {
        let mut cpm = Cpm::new(config, Script::new().input("hello\r!\r")).unwrap();
        cpm.load(&image.bytes, "ECHO", "").unwrap();
        cpm.run().unwrap();
        cpm.stats()
    };
    let mild = run(&limited());
    assert_eq!(run(&limited()), mild);
    let hostile = Config {
        is_hostile: true,
        ..limited()
    };
    assert_eq!(run(&hostile), mild);
}
