//! The tables as an engine offers them inside a transaction: rows in, rows out, no rules.

use domain::{
    Account, AccountNo, AssetNo, AssetRule, AuthorisationId, BlobHash, CardSerial, CrewId,
    DeviceId, Entry, EventId, Hash, MeterNo, Millis, Operator, OrderId, StockItem, SupervisorId,
};
use uuid::Uuid;

use super::cards::{
    Blank, CardLeave, Claim, Credit, Incident, IncidentNo, Incidents, LeaveState, Word,
};
use super::rows::{
    Crew, Day, DayCount, DeadLetter, Device, EnrolCode, HeldEvent, OrderRow, Origin, Outgoing,
    QueueFilter, Session, StoredReceipt, Supervisor, Tally, Upload, UploadId,
};
use crate::Error;

/// Crews, operators and supervisors.
pub trait PeopleTables {
    /// Puts a crew in, or renames it.
    fn put_crew(&self, crew: &Crew) -> Result<(), Error>;
    /// Every crew, by id.
    fn crews(&self) -> Result<Vec<Crew>, Error>;
    /// One crew.
    fn crew(&self, crew: &CrewId) -> Result<Option<Crew>, Error>;
    /// Puts an operator into a crew.
    fn put_operator(&self, operator: &Operator, crew: &CrewId) -> Result<(), Error>;
    /// A crew's operators, by name.
    fn operators(&self, crew: &CrewId) -> Result<Vec<Operator>, Error>;
    /// Puts a supervisor in, in place of an earlier one of that name.
    fn put_supervisor(&self, supervisor: &Supervisor) -> Result<(), Error>;
    /// One supervisor.
    fn supervisor(&self, name: &SupervisorId) -> Result<Option<Supervisor>, Error>;
}

/// Enrolment codes, devices, nonces and sessions.
pub trait DeviceTables {
    /// Puts a code in, in place of an earlier state of it.
    fn put_code(&self, code: &EnrolCode) -> Result<(), Error>;
    /// The code of that hash.
    fn code(&self, code_hash: Hash) -> Result<Option<EnrolCode>, Error>;
    /// Puts a device in, in place of an earlier state of it.
    fn put_device(&self, device: &Device) -> Result<(), Error>;
    /// One device.
    fn device(&self, device: DeviceId) -> Result<Option<Device>, Error>;
    /// Every device, by when it was enrolled.
    fn devices(&self) -> Result<Vec<Device>, Error>;
    /// Remembers a nonce; forgets those that ended before `now`.
    fn put_nonce(&self, nonce_hash: Hash, expires_at: Millis, now: Millis) -> Result<(), Error>;
    /// Takes a nonce away and says when it ends; `None` when it is not there.
    fn take_nonce(&self, nonce_hash: Hash) -> Result<Option<Millis>, Error>;
    /// Opens a session; forgets those that ended before `now`.
    fn put_session(&self, session: &Session, now: Millis) -> Result<(), Error>;
    /// The session of that token hash.
    fn session(&self, token_hash: Hash) -> Result<Option<Session>, Error>;
}

/// Field events and receipts.
pub trait EventTables {
    /// The last event of a series: its number and hash.
    fn head(&self, device: DeviceId) -> Result<Option<(u64, Hash)>, Error>;
    /// One event.
    fn event(&self, id: EventId) -> Result<Option<HeldEvent>, Error>;
    /// A series' events from a number on, in order.
    fn events_from(&self, id: EventId, limit: u64) -> Result<Vec<HeldEvent>, Error>;
    /// Appends an event.
    fn append_event(&self, event: &HeldEvent) -> Result<(), Error>;
    /// Events that belong to no order and were not accepted, the newest first.
    fn stray_events(&self, limit: u64) -> Result<Vec<HeldEvent>, Error>;
    /// The receipt given for a push.
    fn receipt(&self, device: DeviceId, push: Uuid) -> Result<Option<StoredReceipt>, Error>;
    /// Keeps a receipt.
    fn put_receipt(&self, receipt: &StoredReceipt) -> Result<(), Error>;
    /// Receipts of pushes whose last event lies between two numbers of a series, in order.
    fn receipts_with_head_in(
        &self,
        device: DeviceId,
        from: u64,
        through: u64,
    ) -> Result<Vec<StoredReceipt>, Error>;
    /// The first receipt of a push whose last event is this one or a later one of its series.
    fn next_head(&self, id: EventId) -> Result<Option<StoredReceipt>, Error>;
}

/// Orders, their logs, and who ever had them.
pub trait OrderTables {
    /// An order's row.
    fn order(&self, order: &OrderId) -> Result<Option<OrderRow>, Error>;
    /// Puts an order's row in, in place of the earlier one, with its manifest.
    fn put_order(&self, row: &OrderRow) -> Result<(), Error>;
    /// Hands every order's id to `each`, by id.
    fn order_ids(&self, each: &mut dyn FnMut(OrderId) -> Result<(), Error>) -> Result<(), Error>;
    /// Hands each order a filter lets through to `each`.
    fn queue(
        &self,
        filter: &QueueFilter,
        each: &mut dyn FnMut(OrderRow) -> Result<(), Error>,
    ) -> Result<(), Error>;
    /// How many orders each crew has in each state.
    fn counts(&self) -> Result<Vec<DayCount>, Error>;
    /// How much there is to do, for the desk's head line.
    fn tally(&self, day: Day) -> Result<Tally, Error>;
    /// Appends a line to an order's log; it must have its change number.
    fn append_entry(&self, order: &OrderId, entry: &Entry) -> Result<(), Error>;
    /// An order's log from after a change up to one, in order.
    fn log(&self, order: &OrderId, after: u64, through: u64) -> Result<Vec<Entry>, Error>;
    /// The crews that have or had the order, with the change that brought it to them.
    fn crews_of(&self, order: &OrderId) -> Result<Vec<(CrewId, u64)>, Error>;
    /// Remembers that a crew has the order since a change; an earlier change stays.
    fn put_crew_of(&self, order: &OrderId, crew: &CrewId, since: u64) -> Result<(), Error>;
}

/// Assets and accounts.
pub trait StockTables {
    /// One asset.
    fn stock_item(&self, asset_no: &AssetNo) -> Result<Option<StockItem>, Error>;
    /// Where the word on an asset comes from.
    fn stock_origin(&self, asset_no: &AssetNo) -> Result<Option<Origin>, Error>;
    /// Puts an asset in as of a change; `said` is the office's word when it is what changed it.
    fn put_stock_item(
        &self,
        item: &StockItem,
        change: u64,
        said: Option<&StockItem>,
    ) -> Result<(), Error>;
    /// The crews that have or had the asset.
    fn crews_of_asset(&self, asset_no: &AssetNo) -> Result<Vec<CrewId>, Error>;
    /// Remembers that a crew has the asset.
    fn put_crew_of_asset(&self, asset_no: &AssetNo, crew: &CrewId) -> Result<(), Error>;
    /// Puts an account in, in place of what was known of it.
    fn put_account(&self, account: &Account) -> Result<(), Error>;
    /// One account.
    fn account(&self, account_no: &AccountNo) -> Result<Option<Account>, Error>;
    /// How many accounts are known.
    fn account_count(&self) -> Result<u64, Error>;
}

/// Blobs that are held, and uploads on their way.
pub trait BlobTables {
    /// Remembers that a blob is held, durably and verified.
    fn put_blob(&self, blob: BlobHash, size_bytes: u64, now: Millis) -> Result<(), Error>;
    /// The size of a blob that is held.
    fn blob(&self, blob: BlobHash) -> Result<Option<u64>, Error>;
    /// Whether a blob is evidence of an order that the crew has or had.
    fn is_blob_of_crew(&self, blob: BlobHash, crew: &CrewId) -> Result<bool, Error>;
    /// The pieces of an order's manifest that are not held, by hash.
    fn missing(&self, order: &OrderId) -> Result<Vec<BlobHash>, Error>;
    /// Remembers an upload.
    fn put_upload(&self, upload: &Upload) -> Result<(), Error>;
    /// One upload.
    fn upload(&self, upload: UploadId) -> Result<Option<Upload>, Error>;
    /// A crew's upload of a blob, if there is one.
    fn upload_of(&self, crew: &CrewId, blob: BlobHash) -> Result<Option<Upload>, Error>;
    /// Forgets an upload.
    fn remove_upload(&self, upload: UploadId) -> Result<(), Error>;
    /// Uploads announced before a moment.
    fn uploads_before(&self, before: Millis) -> Result<Vec<UploadId>, Error>;
}

/// Results on their way to the marketing system, and what nobody could use.
pub trait OutboxTables {
    /// Puts a result in, in place of the earlier state of that approval; numbers are given here.
    fn put_outgoing(&self, outgoing: &Outgoing) -> Result<(), Error>;
    /// One result.
    fn outgoing(&self, no: u64) -> Result<Option<Outgoing>, Error>;
    /// The newest result of an order.
    fn outgoing_of(&self, order: &OrderId) -> Result<Option<Outgoing>, Error>;
    /// Queued results that are due, the longest due first.
    fn outgoing_due(&self, now: Millis, limit: u64) -> Result<Vec<Outgoing>, Error>;
    /// Results given up, the newest first.
    fn outgoing_dead(&self, limit: u64) -> Result<Vec<Outgoing>, Error>;
    /// Keeps what could not be used; the number in its id is ignored.
    fn add_letter(&self, letter: &DeadLetter) -> Result<(), Error>;
    /// What came in and could not be used, the newest first.
    fn letters(&self, limit: u64) -> Result<Vec<DeadLetter>, Error>;
    /// Puts a letter that came in away; says whether it was there.
    fn remove_letter(&self, no: u64) -> Result<bool, Error>;
}

/// What concerns a crew after a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedItem {
    /// A line of an order's log.
    Order(OrderId),
    /// An asset.
    Asset(AssetNo),
}

/// The change feed.
pub trait FeedTables {
    /// The next change number.
    fn next_change(&self) -> Result<u64, Error>;
    /// The newest change number given out.
    fn newest_change(&self) -> Result<u64, Error>;
    /// Says that a change concerns a crew.
    fn put_feed(&self, crew: &CrewId, change: u64, item: &FeedItem) -> Result<(), Error>;
    /// What concerns a crew after a change, in order.
    fn feed(&self, crew: &CrewId, after: u64, limit: u64) -> Result<Vec<(u64, FeedItem)>, Error>;
    /// The rules for asset numbers and the change that brought them; none before they were put.
    fn asset_rules(&self) -> Result<Option<(u64, Vec<AssetRule>)>, Error>;
    /// Puts the rules in place.
    fn put_asset_rules(&self, rules: &[AssetRule], change: u64) -> Result<(), Error>;
    /// A word remembered under a name.
    fn mark(&self, name: &str) -> Result<Option<String>, Error>;
    /// Remembers a word under a name.
    fn put_mark(&self, name: &str, word: &str) -> Result<(), Error>;
}

/// Leave to write prepaid cards, credits, blank cards, incidents.
pub trait CardTables {
    /// Puts a new leave in; no other of its account and count may be live.
    fn add_leave(&self, leave: &CardLeave) -> Result<(), Error>;
    /// Puts what became of a leave in place of what was known; what it says never changes.
    fn put_leave(&self, leave: &CardLeave) -> Result<(), Error>;
    /// One leave.
    fn leave(&self, id: AuthorisationId) -> Result<Option<CardLeave>, Error>;
    /// An account's live leaves, the oldest first.
    fn live_leaves(&self, account: &AccountNo) -> Result<Vec<CardLeave>, Error>;
    /// The newest leave of a chain.
    fn newest_leave_of(&self, claim: &Claim) -> Result<Option<CardLeave>, Error>;
    /// An order's leaves, the oldest first.
    fn leaves_of(&self, order: &OrderId) -> Result<Vec<CardLeave>, Error>;
    /// The newest leaves in one of some states.
    fn leaves_in(&self, states: &[LeaveState], limit: u64) -> Result<Vec<CardLeave>, Error>;
    /// Hands every leave to `each`, chain by chain, the newest of each first.
    fn every_leave(
        &self,
        each: &mut dyn FnMut(CardLeave) -> Result<(), Error>,
    ) -> Result<(), Error>;
    /// Puts a credit in, unless the money or the card's count has one; says whether it is in.
    fn add_credit(&self, credit: &Credit) -> Result<bool, Error>;
    /// The credit of a claim.
    fn credit_of(&self, claim: &Claim) -> Result<Option<Credit>, Error>;
    /// The credit of an account's card of one count for one meter.
    fn credit_on(
        &self,
        account: &AccountNo,
        meter: MeterNo,
        count: u32,
    ) -> Result<Option<Credit>, Error>;
    /// Credits that carry on what an account had in or for a meter that was taken down.
    fn credits_from(&self, account: &AccountNo, old_meter: MeterNo) -> Result<Vec<Credit>, Error>;
    /// Hands every credit to `each`.
    fn every_credit(&self, each: &mut dyn FnMut(Credit) -> Result<(), Error>) -> Result<(), Error>;
    /// Puts a blank card in, in place of what was known of it.
    fn put_blank(&self, blank: &Blank) -> Result<(), Error>;
    /// One blank card.
    fn blank(&self, serial: CardSerial) -> Result<Option<Blank>, Error>;
    /// A crew's blank cards that were not used, or for that claim only, by serial.
    fn blanks_for(&self, crew: &CrewId, claim: &Claim) -> Result<Vec<Blank>, Error>;
    /// A crew's blank cards, or everybody's, by serial.
    fn blanks(&self, crew: Option<&CrewId>) -> Result<Vec<Blank>, Error>;
    /// Keeps an incident, once; its number is given here.
    fn add_incident(&self, incident: &Incident) -> Result<(), Error>;
    /// One incident.
    fn incident(&self, no: IncidentNo) -> Result<Option<Incident>, Error>;
    /// The newest incidents; all, or those nobody has settled.
    fn incidents(&self, which: Incidents, limit: u64) -> Result<Vec<Incident>, Error>;
    /// The incidents of an order, the oldest first.
    fn incidents_of(&self, order: &OrderId) -> Result<Vec<Incident>, Error>;
    /// Writes down who settled an incident.
    fn settle_incident(&self, no: IncidentNo, word: &Word) -> Result<(), Error>;
}

/// All tables.
pub trait Tables:
    PeopleTables
    + DeviceTables
    + EventTables
    + OrderTables
    + StockTables
    + BlobTables
    + OutboxTables
    + FeedTables
    + CardTables
{
}

impl<T> Tables for T where
    T: PeopleTables
        + DeviceTables
        + EventTables
        + OrderTables
        + StockTables
        + BlobTables
        + OutboxTables
        + FeedTables
        + CardTables
{
}
