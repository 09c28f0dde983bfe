//! Machines that are too small or of another kind, and models that are too large.

use ulm_core::Model;
use ulm_core::write::{LayerData, ModelData};
use ulm_z80::cpm::{Config, Cpm, End, LoadError, Script};
use ulm_z80::pack::{Layout, Options, PackError, pack};

use crate::vectors::Vectors;
use crate::{LAYOUTS, program};

fn plain() -> Vec<u8> {
    Vectors::load("plain-256-64-48").model().to_bytes().unwrap()
}

/// Too little memory: a message, and not a byte is written above the program.
#[test]
fn too_small_a_machine() {
    for layout in LAYOUTS {
        let program = program(&plain(), layout);
        let mut outcomes = Vec::new();
        for tpa_kb in 4..40 {
            let config = Config {
                tpa_kb,
                max_t_states: Some(2_000_000_000),
                ..Config::default()
            };
            let mut cpm = Cpm::new(&config, Script::new()).unwrap();
            match cpm.load(&program.image.bytes, "CHAT", "hello") {
                Err(LoadError::TooLarge { .. }) => continue,
                result => result.unwrap(),
            }
            let end = usize::from(cpm.layout().ccp);
            let before = cpm.z80().memory()[end..].to_vec();
            assert_eq!(cpm.run().unwrap(), End::WarmBoot);
            let refused = cpm.console().output() == "Not enough memory.";
            let fits = u32::from(cpm.layout().bdos_entry()) >= program.image.end;
            assert_eq!(refused, !fits, "{tpa_kb} KB: {:?}", cpm.console().output());
            if refused {
                // The CALL 5 leaves its return address on the CCP's stack.
                let changed = before.iter().zip(&cpm.z80().memory()[end..]);
                assert!(changed.filter(|(a, b)| a != b).count() <= 6);
            }
            outcomes.push(refused);
        }
        assert!(outcomes.contains(&true) && outcomes.contains(&false));
    }
}

/// The 8080 has no overflow flag: SUB A leaves P set there. The emulated 8080 tells.
#[test]
fn another_processor() {
    let program = program(&plain(), Layout::Packed);
    let mut machine = iz80::PlainMachine::new();
    for (address, byte) in (0x100..).zip(&program.image.bytes) {
        iz80::Machine::poke(&mut machine, address, *byte);
    }
    let mut cpu = iz80::Cpu::new_8080();
    cpu.registers().set_pc(0x100);
    for _ in 0..20 {
        if cpu.registers().pc() == 5 {
            break;
        }
        cpu.execute_instruction(&mut machine);
    }
    assert_eq!(cpu.registers().pc(), 5, "no BDOS call");
    assert_eq!(cpu.registers().get8(iz80::Reg8::C), 9);
    let text = cpu.registers().get16(iz80::Reg16::DE);
    assert_eq!(i64::from(text), program.image.symbols["not_z80"]);
}

/// A model that cannot fit is refused, and the bytes over are named.
#[test]
fn too_large_a_model() {
    let layer = |inputs: usize, width: usize| LayerData {
        weights: vec![1; inputs * width],
        biases: vec![0; width],
    };
    let over = |query_buckets: u16, context_buckets: u16| {
        let data = ModelData {
            query_buckets,
            context_buckets,
            charset: b"AB".to_vec(),
            max_reply: 5,
            layers: vec![
                layer(usize::from(query_buckets + context_buckets), 64),
                layer(64, 3),
            ],
            ..ModelData::default()
        };
        let file = data.to_bytes().unwrap();
        let model = Model::parse(&file).unwrap();
        match pack(&model, &Options::default()) {
            Err(PackError::TooLarge { over }) => Err(over),
            Err(error) => panic!("{error}"),
            Ok(program) => Ok(program.image.end),
        }
    };
    let fits = over(2048, 1024).unwrap();
    // 16 bytes a column.
    let columns = (4096 + 64) - (2048 + 1024);
    assert_eq!(over(4096, 64), Err(fits + columns * 16 - 0x1_0000));
}
