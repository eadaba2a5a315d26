//! Everything that reads DL/T 698.45 from outside.

use metercrew_devices::dlt698::{
    Address, Assembled, Assembly, Frame, TOTAL_LIMIT, cut, decode_message, decode_value, encode,
    encode_message, encode_value, explain, find,
};

/// Reads the bytes as what a line carries, then as what a good frame carries.
pub fn read(bytes: &[u8]) {
    let mut assembly = Assembly::default();
    let mut rest = bytes;
    while let Some(found) = find(rest) {
        assert!(found.start < found.end, "a frame has bytes");
        let again = encode(&found.frame).and_then(|written| find(&written));
        assert_eq!(again.map(|again| again.frame).as_ref(), Some(&found.frame));
        assembly.take(&found.frame);
        rest = rest.get(found.end..).unwrap_or_default();
    }
    explain(bytes);
    if let Ok((value, length)) = decode_value(bytes) {
        assert!(length <= bytes.len(), "a value ends where its bytes end");
        let again = decode_value(&encode_value(&value));
        assert_eq!(again.map(|(again, _)| again), Ok(value));
    }
    if let Ok(message) = decode_message(bytes) {
        assert_eq!(decode_message(&encode_message(&message)), Ok(message));
    }
    let answer = Frame::answer(Address::any_meter(), 0, bytes.to_vec());
    if let Some(written) = encode(&answer) {
        explain(&written);
    }
    // pieces of 16 bytes and more: a message of many is only slow
    if let Some((size, message)) = bytes.split_first()
        && (1..=TOTAL_LIMIT).contains(&message.len())
    {
        let answer = Frame::answer(Address::any_meter(), 0, message.to_vec());
        let pieces = cut(&answer, usize::from(size | 16));
        let taken = pieces.iter().map(|piece| assembly.take(piece)).last();
        assert_eq!(taken, Some(Assembled::Whole(message.to_vec())));
    }
}
