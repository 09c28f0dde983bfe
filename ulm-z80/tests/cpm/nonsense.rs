//! Bytes that are no program come to an end without a panic.

use proptest::prelude::*;
use ulm_z80::cpm::{Config, Script};
use ulm_z80::z80::Processor;

use crate::play;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_bytes(
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
        words in "[ -~]{0,60}",
        keys in "[\\x00-\\x7F]{0,40}",
        is_hostile: bool,
        is_8080: bool,
    ) {
        let config = Config {
            processor: if is_8080 { Processor::I8080 } else { Processor::Z80 },
            tpa_kb: 4,
            max_t_states: Some(300_000),
            is_hostile,
            ..Config::default()
        };
        let (_, end) = play(&bytes, &words, &config, Script::new().input(&keys));
        if let Err(error) = end {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn random_calls_of_bdos_and_bios(
        calls in prop::collection::vec((0_u8..13, any::<u16>(), 0_u8..17), 1..20),
        keys in "[\\x00-\\x7F]{0,40}",
    ) {
        let mut bytes = Vec::new();
        for (function, argument, entry) in calls {
            let [low, high] = argument.to_le_bytes();
            bytes.extend([0x0E, function, 0x11, low, high, 0xCD, 0x05, 0x00]);
            // The BIOS of this machine is at 1100h + 0E00h.
            bytes.extend([0xCD, entry * 3, 0x1F]);
        }
        let config = Config { tpa_kb: 4, max_t_states: Some(300_000), ..Config::default() };
        let (_, end) = play(&bytes, "", &config, Script::new().input(&keys));
        if let Err(error) = end {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
