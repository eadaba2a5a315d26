//! Golden bytes of the commands, and what T=0 makes of an answer.

use std::collections::VecDeque;

use super::*;

/// A chip that gives prepared answers and keeps what it was sent.
fn scripted(apdu: &[u8], answers: &[&[u8]]) -> (Result<Vec<u8>, LinkError>, Vec<Vec<u8>>) {
    let mut answers: VecDeque<&[u8]> = answers.iter().copied().collect();
    let mut sent = Vec::new();
    let result = complete(
        |command| {
            sent.push(command.to_vec());
            answers
                .pop_front()
                .map(<[u8]>::to_vec)
                .ok_or(LinkError::OutcomeUnknown)
        },
        apdu,
    );
    (result, sent)
}

#[test]
fn commands_are_the_bytes_of_the_page() {
    assert_eq!(select(ROOT), [0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00]);
    assert_eq!(select(PREPAID), [0x00, 0xA4, 0x00, 0x00, 0x02, 0xDF, 0x01]);
    assert_eq!(read(CardFile::User, 45), [0x00, 0xB0, 0x81, 0x00, 45]);
    assert_eq!(read(CardFile::WriteBack, 49), [0x00, 0xB0, 0x85, 0x00, 49]);
    assert_eq!(GET_CHALLENGE, [0x00, 0x84, 0x00, 0x00, 0x08]);
    assert_eq!(
        authenticate(&[1, 2, 3, 4, 5, 6, 7, 8]),
        [0x00, 0x82, 0x00, 0x02, 0x08, 1, 2, 3, 4, 5, 6, 7, 8]
    );
    let header = update_header(CardFile::WriteBack, 0, 49).unwrap();
    assert_eq!(header, [0x04, 0xD6, 0x85, 0x00, 53]);
    assert_eq!(
        update(&[0x04, 0xD6, 0x81, 0x00, 0x05], &[0x68], &[9, 8, 7, 6]),
        [0x04, 0xD6, 0x81, 0x00, 0x05, 0x68, 9, 8, 7, 6]
    );
}

#[test]
fn an_update_is_one_command_or_none() {
    let at = |offset, len| update_header(CardFile::Purse, offset, len);
    assert_eq!(at(255, 251), Some([0x04, 0xD6, 0x82, 255, 255]));
    assert_eq!(at(256, 1), None);
    assert_eq!(at(0, 252), None);
    assert_eq!(at(0, 0), None);
    assert_eq!(at(usize::MAX, usize::MAX), None);
}

#[test]
fn status_words_mean_what_the_page_says() {
    for (word, meaning) in [
        (0x9000, Status::Done),
        (0x6282, Status::EndOfFile),
        (0x63C2, Status::TriesLeft(2)),
        (0x63C0, Status::TriesLeft(0)),
        (0x6982, Status::NotAuthenticated),
        (0x6983, Status::Blocked),
        (0x6988, Status::BadMac),
        (0x6989, Status::BadMac),
        (0x6A82, Status::NotFound),
        (0x6B00, Status::Unissued),
        (0x6300, Status::Other(0x6300)),
        (0x9001, Status::Other(0x9001)),
    ] {
        assert_eq!(Status::of(word), meaning, "{word:04X}");
    }
}

#[test]
fn an_answer_that_waits_in_the_chip_is_fetched_in_all_its_parts() {
    let (answer, sent) = scripted(
        &select(ROOT),
        &[&[0x61, 0x02], &[1, 2, 0x61, 0x01], &[3, 0x90, 0x00]],
    );
    assert_eq!(answer.unwrap(), [1, 2, 3, 0x90, 0x00]);
    assert_eq!(
        sent[1..],
        [
            vec![0x00, 0xC0, 0x00, 0x00, 2],
            vec![0x00, 0xC0, 0x00, 0x00, 1]
        ]
    );
}

#[test]
fn a_read_is_asked_again_once_with_the_length_the_chip_names() {
    let (answer, sent) = scripted(
        &read(CardFile::User, 45),
        &[&[0x6C, 0x20], &[5, 0x90, 0x00]],
    );
    assert_eq!(answer.unwrap(), [5, 0x90, 0x00]);
    assert_eq!(sent[1], [0x00, 0xB0, 0x81, 0x00, 0x20]);

    let (answer, sent) = scripted(&read(CardFile::User, 45), &[&[0x6C, 0x20], &[0x6C, 0x2D]]);
    assert_eq!(answer.unwrap(), [0x6C, 0x2D]);
    assert_eq!(sent.len(), 2);
}

#[test]
fn a_command_with_a_body_is_never_sent_twice() {
    let header = update_header(CardFile::Purse, 0, 8).unwrap();
    let (answer, sent) = scripted(&update(&header, &[0; 8], &[0; 4]), &[&[0x6C, 0x0C]]);
    assert_eq!(answer.unwrap(), [0x6C, 0x0C]);
    assert_eq!(sent.len(), 1);
}

#[test]
fn without_a_status_word_the_outcome_is_unknown_wherever_it_is_missing() {
    let torn: [&[&[u8]]; 5] = [
        &[&[]],
        &[&[0x90]],
        &[&[0x61, 0x08], &[]],
        &[&[0x6C, 0x08], &[0x90]],
        &[&[0x61, 0x08]],
    ];
    for answers in torn {
        let (answer, _) = scripted(&GET_CHALLENGE, answers);
        assert!(matches!(answer, Err(LinkError::OutcomeUnknown)));
    }
}

#[test]
fn a_chip_that_always_has_more_is_given_up() {
    let more: &[u8] = &[0, 0x61, 0x01];
    let (answer, sent) = scripted(&GET_CHALLENGE, &vec![more; 1000]);
    assert!(matches!(answer, Err(LinkError::OutcomeUnknown)));
    assert!(sent.len() < 100);
}
