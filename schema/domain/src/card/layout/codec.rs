//! Between bytes and values, as a layout's table says.

use super::{CardFile, CardImage, Coding, Damage, DoesNotFit, Field, FieldName, FileForm, Layout};
use crate::{
    CardClock, CardKind, CustomerNo, Fen, MeterNo, Purse, UserCard, UserFile, WriteBack,
    WriteBackFile,
};

const START: u8 = 0x68;
const END: u8 = 0x16;
/// Bytes before the first and after the last byte that the frame's length counts.
const HEAD: usize = 4;
const TAIL: usize = 2;

impl Layout {
    /// Reads a user card. Bytes after the end of a file are room the card has to spare.
    ///
    /// Errors: the first [`Damage`], in the order user file, purse, write-back.
    pub fn decode(&self, image: &CardImage) -> Result<UserCard, Damage> {
        Ok(UserCard {
            serial: image.serial,
            user_file: self.user_file(image)?,
            purse: self.purse(image)?,
            write_back: self.write_back(image)?,
        })
    }

    /// The files of a user card. An empty write-back is all 00.
    ///
    /// Errors: [`DoesNotFit`] names the value.
    pub fn encode(&self, card: &UserCard) -> Result<CardImage, DoesNotFit> {
        let write_back = match &card.write_back {
            WriteBackFile::Empty => vec![0; self.form(CardFile::WriteBack)?.len],
            WriteBackFile::Written(back) => {
                self.fill(CardFile::WriteBack, &write_back_numbers(back))?
            }
        };
        let purse = [
            (FieldName::PurseMoney, fen(card.purse.money)),
            (FieldName::PurseCount, Some(card.purse.count.into())),
        ];
        Ok(CardImage {
            serial: card.serial,
            user: self.fill(CardFile::User, &user_numbers(&card.user_file))?,
            purse: self.fill(CardFile::Purse, &purse)?,
            write_back,
        })
    }

    /// Reads file 1.
    pub(crate) fn user_file(&self, image: &CardImage) -> Result<UserFile, Damage> {
        self.check_frame(image, CardFile::User)?;
        let kind = self.number(image, FieldName::Kind)?;
        Ok(UserFile {
            kind: CardKind::of_code(kind).ok_or(Damage::UnknownKind {
                found: u8::try_from(kind).unwrap_or(u8::MAX),
            })?,
            meter_no: self.meter_no(image)?,
            customer_no: self.value(image, FieldName::CustomerNo, CustomerNo::from_number)?,
            update_flags: self.value(image, FieldName::UpdateFlags, |n| n.try_into().ok())?,
            tariff_switch: self.value(image, FieldName::TariffSwitch, CardClock::from_number)?,
            alarm_1: self.value(image, FieldName::Alarm1, amount)?,
            alarm_2: self.value(image, FieldName::Alarm2, amount)?,
            current_ratio: self.value(image, FieldName::CurrentRatio, small)?,
            voltage_ratio: self.value(image, FieldName::VoltageRatio, small)?,
        })
    }

    /// Reads the meter number of file 1 and nothing else.
    pub(crate) fn meter_no(&self, image: &CardImage) -> Result<MeterNo, Damage> {
        self.value(image, FieldName::MeterNo, MeterNo::from_number)
    }

    /// Reads file 2.
    pub(crate) fn purse(&self, image: &CardImage) -> Result<Purse, Damage> {
        Ok(Purse {
            money: self.value(image, FieldName::PurseMoney, amount)?,
            count: self.value(image, FieldName::PurseCount, small)?,
        })
    }

    /// Reads file 5: empty when it neither starts with 68 nor has a current ratio.
    fn write_back(&self, image: &CardImage) -> Result<WriteBackFile, Damage> {
        let ratio = self.number(image, FieldName::BackCurrentRatio);
        if image.write_back.first() != Some(&START) && ratio == Ok(0) {
            return Ok(WriteBackFile::Empty);
        }
        self.check_frame(image, CardFile::WriteBack)?;
        let back = WriteBack {
            meter_no: self.value(image, FieldName::BackMeterNo, MeterNo::from_number)?,
            customer_no: self.value(image, FieldName::BackCustomerNo, CustomerNo::from_number)?,
            current_ratio: self.value(image, FieldName::BackCurrentRatio, small)?,
            voltage_ratio: self.value(image, FieldName::BackVoltageRatio, small)?,
            money: self.value(image, FieldName::BackMoney, amount)?,
            count: self.value(image, FieldName::BackCount, small)?,
            overdraft: self.value(image, FieldName::BackOverdraft, amount)?,
            illegal_inserts: self.value(image, FieldName::BackIllegalInserts, small)?,
            written_at: self.value(image, FieldName::BackWrittenAt, CardClock::from_number)?,
        };
        if back.money != Fen::ZERO && back.overdraft != Fen::ZERO {
            return Err(Damage::MoneyAndOverdraft);
        }
        Ok(WriteBackFile::Written(back))
    }

    fn check_frame(&self, image: &CardImage, file: CardFile) -> Result<(), Damage> {
        let form = self.form(file).map_err(|_| Damage::NoFile { file })?;
        let Some(command) = form.command else {
            return Ok(());
        };
        let bytes = image.file(file);
        let short = Damage::Short {
            file,
            expected: wide(form.len),
            found: wide(bytes.len()),
        };
        let frame = bytes.get(..form.len).ok_or(short)?;
        let [start, body @ .., checksum, end] = frame else {
            return Err(short);
        };
        let [found_command, high, low, ..] = body else {
            return Err(short);
        };
        let (expected, found) = (
            form.len.saturating_sub(HEAD + TAIL),
            u16::from_be_bytes([*high, *low]),
        );
        let sum = body.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
        if *start != START {
            Err(Damage::Start {
                file,
                found: *start,
            })
        } else if *found_command != command {
            Err(Damage::Command {
                file,
                expected: command,
                found: *found_command,
            })
        } else if usize::from(found) != expected {
            Err(Damage::FrameLength {
                file,
                expected: wide(expected),
                found: found.into(),
            })
        } else if sum != *checksum {
            Err(Damage::Checksum {
                file,
                expected: sum,
                found: *checksum,
            })
        } else if *end != END {
            Err(Damage::End { file, found: *end })
        } else {
            Ok(())
        }
    }

    fn value<T>(
        &self,
        image: &CardImage,
        field: FieldName,
        means: impl FnOnce(u64) -> Option<T>,
    ) -> Result<T, Damage> {
        means(self.number(image, field)?).ok_or(Damage::OutOfRange { field })
    }

    fn number(&self, image: &CardImage, name: FieldName) -> Result<u64, Damage> {
        let field = self.field(name).ok_or(Damage::NoField { field: name })?;
        let (file, end) = (field.file, field.offset.saturating_add(field.len));
        let bytes = image.file(file);
        let part = bytes.get(field.offset..end).ok_or(Damage::Short {
            file,
            expected: wide(end),
            found: wide(bytes.len()),
        })?;
        part.iter()
            .enumerate()
            .try_fold(0u64, |number, (n, byte)| match field.coding {
                Coding::BinaryBe => Ok((number << 8) | u64::from(*byte)),
                Coding::Bcd if byte >> 4 < 10 && byte & 15 < 10 => Ok(number
                    .saturating_mul(100)
                    .saturating_add(u64::from(byte >> 4) * 10 + u64::from(byte & 15))),
                Coding::Bcd => Err(Damage::NotDigits {
                    file,
                    field: name,
                    offset: wide(field.offset.saturating_add(n)),
                }),
            })
    }

    /// A file with these fields in it, framed.
    fn fill(
        &self,
        file: CardFile,
        numbers: &[(FieldName, Option<u64>)],
    ) -> Result<Vec<u8>, DoesNotFit> {
        let form = *self.form(file)?;
        let mut bytes = vec![0; form.len];
        for (name, number) in numbers {
            let field = self
                .field(*name)
                .ok_or(DoesNotFit::NoField { field: *name })?;
            let written = number.and_then(|number| write(&mut bytes, field, number));
            written.ok_or(DoesNotFit::Value { field: *name })?;
        }
        match form.command {
            Some(command) => {
                frame(&mut bytes, command).ok_or(DoesNotFit::NoFile { file })?;
                Ok(bytes)
            }
            None => Ok(bytes),
        }
    }

    fn field(&self, name: FieldName) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    fn form(&self, file: CardFile) -> Result<&FileForm, DoesNotFit> {
        self.files
            .iter()
            .find(|form| form.file == file)
            .ok_or(DoesNotFit::NoFile { file })
    }
}

/// Puts a number into its field; `None` when it has too many digits or the file is too short.
fn write(bytes: &mut [u8], field: &Field, number: u64) -> Option<()> {
    let base = match field.coding {
        Coding::Bcd => 100,
        Coding::BinaryBe => 256,
    };
    let end = field.offset.checked_add(field.len)?;
    let mut left = number;
    for byte in bytes.get_mut(field.offset..end)?.iter_mut().rev() {
        let digit = u8::try_from(left % base).ok()?;
        *byte = match field.coding {
            Coding::Bcd => ((digit / 10) << 4) | (digit % 10),
            Coding::BinaryBe => digit,
        };
        left /= base;
    }
    (left == 0).then_some(())
}

/// Writes head, checksum and tail; `None` when there is no room for them.
fn frame(bytes: &mut [u8], command: u8) -> Option<()> {
    let length = u16::try_from(bytes.len().checked_sub(HEAD + TAIL)?).ok()?;
    let [start, body @ .., checksum, end] = bytes else {
        return None;
    };
    let [code, high, low, ..] = body else {
        return None;
    };
    (*start, *code, *end) = (START, command, END);
    [*high, *low] = length.to_be_bytes();
    *checksum = body.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    Some(())
}

fn user_numbers(file: &UserFile) -> [(FieldName, Option<u64>); 9] {
    [
        (FieldName::UpdateFlags, Some(file.update_flags.into())),
        (FieldName::TariffSwitch, Some(file.tariff_switch.number())),
        (FieldName::Alarm1, fen(file.alarm_1)),
        (FieldName::Alarm2, fen(file.alarm_2)),
        (FieldName::CurrentRatio, Some(file.current_ratio.into())),
        (FieldName::VoltageRatio, Some(file.voltage_ratio.into())),
        (FieldName::MeterNo, Some(file.meter_no.number())),
        (FieldName::CustomerNo, Some(file.customer_no.number())),
        (FieldName::Kind, Some(file.kind.code().into())),
    ]
}

fn write_back_numbers(back: &WriteBack) -> [(FieldName, Option<u64>); 9] {
    [
        (FieldName::BackCurrentRatio, Some(back.current_ratio.into())),
        (FieldName::BackVoltageRatio, Some(back.voltage_ratio.into())),
        (FieldName::BackMeterNo, Some(back.meter_no.number())),
        (FieldName::BackCustomerNo, Some(back.customer_no.number())),
        (FieldName::BackMoney, fen(back.money)),
        (FieldName::BackCount, Some(back.count.into())),
        (FieldName::BackOverdraft, fen(back.overdraft)),
        (
            FieldName::BackIllegalInserts,
            Some(back.illegal_inserts.into()),
        ),
        (FieldName::BackWrittenAt, Some(back.written_at.number())),
    ]
}

fn fen(amount: Fen) -> Option<u64> {
    u64::try_from(amount.count()).ok()
}

fn amount(number: u64) -> Option<Fen> {
    Fen::new(i64::try_from(number).ok()?)
}

fn small(number: u64) -> Option<u32> {
    u32::try_from(number).ok()
}

fn wide(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
