//! The file control blocks that the CCP fills from the command's first two words.

/// Drive, name and extension, then the four bytes that the CCP clears.
pub(super) const PARSED_BYTES: usize = 16;

/// Parses `word` (upper case) as `D:NAME.EXT`: the drive is 0 where none is given, names are padded with spaces, `*`
/// fills with `?`, and what is too long is cut, as the CCP of CP/M 2.2 does.
pub(super) fn parse(word: &str) -> [u8; PARSED_BYTES] {
    let mut fcb = [0; PARSED_BYTES];
    let mut rest = word.as_bytes();
    if let [drive @ b'A'..=b'P', b':', after @ ..] = rest {
        fcb[0] = drive - b'A' + 1;
        rest = after;
    }
    rest = part(rest, &mut fcb[1..9]);
    match rest {
        [b'.', after @ ..] => part(after, &mut fcb[9..12]),
        _ => part(b"", &mut fcb[9..12]),
    };
    fcb
}

/// Fills `field` from the front of `text`; gives back what follows the next delimiter.
fn part<'t>(text: &'t [u8], field: &mut [u8]) -> &'t [u8] {
    let is_delimiter = |byte: &u8| *byte <= b' ' || b"=_.:;<>".contains(byte);
    let length = text.iter().position(is_delimiter).unwrap_or(text.len());
    let (name, rest) = text.split_at(length);
    field.fill(b' ');
    for (at, byte) in name.iter().enumerate().take(field.len()) {
        if *byte == b'*' {
            field[at..].fill(b'?');
            break;
        }
        field[at] = *byte;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_the_ccp_reads_them() {
        let cases: [(&str, u8, &[u8; 11]); 7] = [
            ("", 0, b"           "),
            ("HELLO", 0, b"HELLO      "),
            ("B:HELLO.TXT", 2, b"HELLO   TXT"),
            ("*.COM", 0, b"????????COM"),
            ("AB*", 0, b"AB??????   "),
            ("OVERLONGNAME.TEXT", 0, b"OVERLONGTEX"),
            ("A=B.C", 0, b"A          "),
        ];
        for (word, drive, name) in cases {
            let fcb = parse(word);
            assert_eq!((fcb[0], &fcb[1..12]), (drive, &name[..]), "{word}");
            assert_eq!(fcb[12..], [0; 4], "{word}");
        }
    }
}
