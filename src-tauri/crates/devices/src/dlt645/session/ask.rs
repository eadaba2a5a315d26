//! What a session asks, and in which order.

use domain::MeterItem;

use crate::dlt645::form::FORWARD;

/// What a question is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// Who is there.
    Whom,
    /// Forward energies, all at once.
    Energies,
    /// One item, or the part of it that is missing.
    One(MeterItem),
}

/// The questions for these items, in their order; two or more forward energies are one.
pub(super) fn questions(items: &[MeterItem]) -> Vec<Ask> {
    let forward = |item: &MeterItem| FORWARD.contains(item);
    let together = items.iter().filter(|item| forward(item)).count() >= 2;
    let mut questions = vec![];
    for item in items {
        let ask = match together && forward(item) {
            true => Ask::Energies,
            false => Ask::One(*item),
        };
        if !questions.contains(&ask) {
            questions.push(ask);
        }
    }
    questions
}
