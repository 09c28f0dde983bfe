//! Every form of every instruction: each register, condition, bit and kind of operand.
//!
//! The forms are written down by the groups of Zilog UM0080, not derived from the assembler's own tables.

const R: [&str; 7] = ["a", "b", "c", "d", "e", "h", "l"];
const HALVES: [[&str; 2]; 2] = [["ixh", "ixl"], ["iyh", "iyl"]];
const INDEXED: [&str; 5] = ["(ix+5)", "(ix-128)", "(iy+127)", "(iy-7)", "(ix)"];
const CONDITIONS: [&str; 8] = ["nz", "z", "nc", "c", "po", "pe", "p", "m"];
const ROTATIONS: [&str; 8] = ["rlc", "rrc", "rl", "rr", "sla", "sra", "sll", "srl"];

/// The forms that pasmo 0.5.3 knows, too: all documented ones, the halves of IX and IY, and SLL.
pub(crate) fn documented() -> Vec<String> {
    let mut forms = Vec::new();
    let mut add = |text: String| forms.push(text);
    loads(&mut add);
    arithmetic(&mut add);
    bits(&mut add);
    flow(&mut add);
    ports(&mut add);
    let bare = "nop rlca rrca rla rra daa cpl scf ccf halt ret exx di ei neg retn reti rrd rld \
                ldi cpi ini outi ldd cpd ind outd ldir cpir inir otir lddr cpdr indr otdr";
    forms.extend(bare.split_whitespace().map(str::to_owned));
    forms
}

/// The undocumented forms that pasmo lacks.
pub(crate) fn undocumented() -> Vec<String> {
    let mut forms = vec!["in f,(c)".to_owned(), "out (c),0".to_owned()];
    for index in ["(ix+5)", "(iy-7)"] {
        for r in R {
            for rotation in ROTATIONS {
                forms.push(format!("{rotation} {index},{r}"));
            }
            for bit in 0..8 {
                forms.push(format!("res {bit},{index},{r}"));
                forms.push(format!("set {bit},{index},{r}"));
            }
        }
    }
    forms
}

fn loads(add: &mut impl FnMut(String)) {
    for to in R {
        for from in R {
            add(format!("ld {to},{from}"));
        }
        add(format!("ld {to},0A5h"));
        add(format!("ld {to},(hl)"));
        add(format!("ld (hl),{to}"));
        for index in INDEXED {
            add(format!("ld {to},{index}"));
            add(format!("ld {index},{to}"));
        }
    }
    for halves in HALVES {
        for half in halves {
            for r in ["a", "b", "c", "d", "e"] {
                add(format!("ld {half},{r}"));
                add(format!("ld {r},{half}"));
            }
            for other in halves {
                add(format!("ld {half},{other}"));
            }
            add(format!("ld {half},5Ah"));
        }
    }
    add("ld (hl),5Ah".to_owned());
    for index in INDEXED {
        add(format!("ld {index},5Ah"));
    }
    for text in "a,(bc) a,(de) (bc),a (de),a a,(1234h) (1234h),a a,i a,r i,a r,a sp,hl sp,ix sp,iy"
        .split(' ')
    {
        add(format!("ld {text}"));
    }
    for pair in ["bc", "de", "hl", "sp", "ix", "iy"] {
        add(format!("ld {pair},1234h"));
        add(format!("ld {pair},(1234h)"));
        add(format!("ld (1234h),{pair}"));
    }
    for pair in ["bc", "de", "hl", "af", "ix", "iy"] {
        add(format!("push {pair}"));
        add(format!("pop {pair}"));
    }
    for text in ["de,hl", "af,af'", "(sp),hl", "(sp),ix", "(sp),iy"] {
        add(format!("ex {text}"));
    }
}

fn arithmetic(add: &mut impl FnMut(String)) {
    let mut operands: Vec<&str> = R.to_vec();
    operands.extend(HALVES.as_flattened());
    operands.push("(hl)");
    operands.extend(INDEXED);
    for operand in &operands {
        add(format!("inc {operand}"));
        add(format!("dec {operand}"));
    }
    operands.push("5Ah");
    for operand in operands {
        for operation in [
            "add a,", "adc a,", "sub ", "sbc a,", "and ", "xor ", "or ", "cp ",
        ] {
            add(format!("{operation}{operand}"));
        }
    }
    for pair in ["bc", "de", "hl", "sp"] {
        add(format!("add hl,{pair}"));
        add(format!("adc hl,{pair}"));
        add(format!("sbc hl,{pair}"));
    }
    for index in ["ix", "iy"] {
        for pair in ["bc", "de", "sp", index] {
            add(format!("add {index},{pair}"));
        }
    }
    for pair in ["bc", "de", "hl", "sp", "ix", "iy"] {
        add(format!("inc {pair}"));
        add(format!("dec {pair}"));
    }
    for mode in 0..3 {
        add(format!("im {mode}"));
    }
}

fn bits(add: &mut impl FnMut(String)) {
    for operand in R.iter().chain(&["(hl)"]).chain(&INDEXED) {
        for rotation in ROTATIONS {
            add(format!("{rotation} {operand}"));
        }
        for bit in 0..8 {
            for operation in ["bit", "res", "set"] {
                add(format!("{operation} {bit},{operand}"));
            }
        }
    }
}

fn flow(add: &mut impl FnMut(String)) {
    for text in ["jp 1234h", "jp (hl)", "jp (ix)", "jp (iy)", "call 1234h"] {
        add(text.to_owned());
    }
    for target in ["$", "$+129", "$-126"] {
        add(format!("jr {target}"));
        add(format!("djnz {target}"));
        for condition in &CONDITIONS[..4] {
            add(format!("jr {condition},{target}"));
        }
    }
    for condition in CONDITIONS {
        add(format!("jp {condition},1234h"));
        add(format!("call {condition},1234h"));
        add(format!("ret {condition}"));
    }
    for address in (0..64).step_by(8) {
        add(format!("rst {address}"));
    }
}

fn ports(add: &mut impl FnMut(String)) {
    add("in a,(5Ah)".to_owned());
    add("out (5Ah),a".to_owned());
    for r in R {
        add(format!("in {r},(c)"));
        add(format!("out (c),{r}"));
    }
}
