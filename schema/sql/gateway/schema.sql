-- The gateway's ledger, as all steps together leave it. A test compares this page with what they
-- make. Times are milliseconds since 1970-01-01 UTC; hashes are 32 bytes; JSON is UTF-8 text.

-- A crew (班组).
CREATE TABLE crew (
    -- its id
    crew TEXT NOT NULL PRIMARY KEY,
    -- what people call it
    crew_name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who works with the devices of a crew.
CREATE TABLE operator (
    -- whose
    crew TEXT NOT NULL REFERENCES crew (crew),
    -- the person, as named in events
    operator TEXT NOT NULL,
    PRIMARY KEY (crew, operator)
) STRICT, WITHOUT ROWID;

-- Who reviews (班长).
CREATE TABLE supervisor (
    -- sign-in name
    name TEXT NOT NULL PRIMARY KEY,
    -- what people call them
    display_name TEXT NOT NULL,
    -- supervisor | admin, as a JSON string
    role TEXT NOT NULL,
    -- argon2id, PHC form
    password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Enrolment codes: single use, expiring; the code itself is not kept.
CREATE TABLE enrol_code (
    -- hash of the code
    code_hash BLOB NOT NULL PRIMARY KEY,
    -- the crew the device will belong to
    crew TEXT NOT NULL REFERENCES crew (crew),
    -- who works with the device
    operator TEXT NOT NULL,
    -- when it stops to hold
    expires_at_ms INTEGER NOT NULL,
    -- the device that used it; NULL while nobody did
    used_by TEXT
) STRICT, WITHOUT ROWID;

-- Devices' series of events. A tablet that came back from a backup has several.
CREATE TABLE device (
    -- the series' name
    device TEXT NOT NULL PRIMARY KEY,
    -- its crew
    crew TEXT NOT NULL REFERENCES crew (crew),
    -- who works with it
    operator TEXT NOT NULL,
    -- what the crew calls it
    device_name TEXT NOT NULL,
    -- Ed25519 public key, base64 as a JSON string
    public_key TEXT NOT NULL,
    -- when the series began
    enrolled_at_ms INTEGER NOT NULL,
    -- when it was last heard of
    last_seen_at_ms INTEGER NOT NULL,
    -- the series it goes on from; NULL for a device's first
    came_from TEXT REFERENCES device (device),
    -- the last event the two share; NULL with came_from
    came_from_seq INTEGER,
    -- the hash of that event; NULL with came_from
    came_from_hash BLOB
) STRICT, WITHOUT ROWID;

-- Nonces that were handed out and not used yet.
CREATE TABLE nonce (
    -- hash of the nonce
    nonce_hash BLOB NOT NULL PRIMARY KEY,
    -- when it stops to hold
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Open sessions; the token itself is not kept.
CREATE TABLE session (
    -- hash of the token
    token_hash BLOB NOT NULL PRIMARY KEY,
    -- the device it belongs to; NULL for a supervisor's
    device TEXT,
    -- the supervisor it belongs to; NULL for a device's
    supervisor TEXT,
    -- when it ends
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Field events: exactly what devices sent, and what was made of it. Never changed, never deleted.
CREATE TABLE event (
    -- whose series
    device TEXT NOT NULL REFERENCES device (device),
    -- number in the series, from 1, without gaps
    seq INTEGER NOT NULL,
    -- hash of the event before
    prev BLOB NOT NULL,
    -- hash over prev and body
    hash BLOB NOT NULL,
    -- the event as the device wrote it (JSON)
    body TEXT NOT NULL,
    -- the order it is about; NULL for stock events and what cannot be read
    order_id TEXT,
    -- domain::Verdict (JSON)
    verdict TEXT NOT NULL,
    -- 1: it did not count and stands in no order's log, so a person must see it elsewhere
    is_stray INTEGER NOT NULL,
    -- when it arrived
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (device, seq)
) STRICT;

CREATE INDEX event_stray ON event (received_at_ms) WHERE is_stray = 1;

-- Receipts as given: the same push gets the same one.
CREATE TABLE receipt (
    -- whose push
    device TEXT NOT NULL REFERENCES device (device),
    -- the push's id, made by the device
    push TEXT NOT NULL,
    -- hash of what the push said
    push_hash BLOB NOT NULL,
    -- how far the series was held then
    through_seq INTEGER NOT NULL,
    -- the last event the push carried; NULL when it carried none
    head_seq INTEGER,
    -- the device's signature over the chain there, base64 as a JSON string; NULL with head_seq
    head_signature TEXT,
    -- the signed receipt (JSON: body and signature)
    receipt TEXT NOT NULL,
    -- when it was given
    given_at_ms INTEGER NOT NULL,
    PRIMARY KEY (device, push)
) STRICT;

CREATE INDEX receipt_head ON receipt (device, head_seq);

-- Orders: the picture their log adds up to, and what lists and counts need of it.
CREATE TABLE work_order (
    -- the marketing system's number
    order_id TEXT NOT NULL PRIMARY KEY,
    -- whose it is now
    crew TEXT NOT NULL,
    -- domain::OrderKind, by name
    kind TEXT NOT NULL,
    -- domain::OrderState, by name
    state TEXT NOT NULL,
    -- when the crew handed it in, while that stands; NULL otherwise
    handed_in_at_ms INTEGER,
    -- when the customer expects the crew; NULL when nobody said
    appointment_from_ms INTEGER,
    -- how many anomalies the picture shows
    anomalies INTEGER NOT NULL,
    -- the newest change of its log
    revision INTEGER NOT NULL,
    -- domain::Order (JSON): replaying the log gives exactly this
    picture TEXT NOT NULL
) STRICT;

CREATE INDEX work_order_state ON work_order (state, crew);

-- Orders' logs. Never changed, never deleted.
CREATE TABLE order_entry (
    -- the change number, one for each line of all logs
    change INTEGER NOT NULL PRIMARY KEY,
    -- whose log
    order_id TEXT NOT NULL REFERENCES work_order (order_id) DEFERRABLE INITIALLY DEFERRED,
    -- the series of a field event; NULL for the office's
    device TEXT,
    -- its number there; NULL for the office's
    seq INTEGER,
    -- domain::Entry (JSON)
    entry TEXT NOT NULL
) STRICT;

CREATE INDEX order_entry_order ON order_entry (order_id, change);

-- The crews that have or had an order.
CREATE TABLE order_crew (
    -- which order
    order_id TEXT NOT NULL,
    -- which crew
    crew TEXT NOT NULL,
    -- the change that first brought it to them
    since INTEGER NOT NULL,
    PRIMARY KEY (order_id, crew)
) STRICT, WITHOUT ROWID;

-- Manifests: every blob an order's events name.
CREATE TABLE order_blob (
    -- which order
    order_id TEXT NOT NULL,
    -- hash of the blob
    blob BLOB NOT NULL,
    PRIMARY KEY (order_id, blob)
) STRICT, WITHOUT ROWID;

CREATE INDEX order_blob_blob ON order_blob (blob);

-- Assets and where they are.
CREATE TABLE stock (
    -- asset number
    asset_no TEXT NOT NULL PRIMARY KEY,
    -- domain::StockItem (JSON)
    item TEXT NOT NULL,
    -- what the office last said of it (JSON); NULL when it never did
    said TEXT,
    -- the change that last touched it
    change INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The crews that have or had an asset.
CREATE TABLE stock_crew (
    -- which asset
    asset_no TEXT NOT NULL,
    -- which crew
    crew TEXT NOT NULL,
    PRIMARY KEY (asset_no, crew)
) STRICT, WITHOUT ROWID;

-- Customers' accounts, as the marketing system says.
CREATE TABLE account (
    -- account number
    account_no TEXT NOT NULL PRIMARY KEY,
    -- domain::Account (JSON)
    account TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Blobs that are held: whole, verified, on the disk.
CREATE TABLE blob (
    -- hash of the bytes
    blob BLOB NOT NULL PRIMARY KEY,
    -- how many bytes
    size_bytes INTEGER NOT NULL,
    -- since when
    held_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Uploads as announced; how far each is, its partial file tells.
CREATE TABLE upload (
    -- its name in URLs
    upload TEXT NOT NULL PRIMARY KEY,
    -- the hash its bytes must have
    blob BLOB NOT NULL,
    -- how many bytes it must have
    size_bytes INTEGER NOT NULL,
    -- whose
    crew TEXT NOT NULL,
    -- when it was announced
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX upload_blob ON upload (crew, blob);

-- Results on their way to the marketing system: one for each approval.
CREATE TABLE outbox (
    -- number in the outbox
    no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- which order
    order_id TEXT NOT NULL,
    -- the approval's change number
    approval INTEGER NOT NULL,
    -- domain::Order as approved (JSON)
    picture TEXT NOT NULL,
    -- when it was approved
    approved_at_ms INTEGER NOT NULL,
    -- by whom
    approved_by TEXT NOT NULL,
    -- queued | delivered | dead, as a JSON string
    state TEXT NOT NULL,
    -- how often delivery was tried
    tries INTEGER NOT NULL,
    -- why the last try failed; empty before
    why TEXT NOT NULL,
    -- when to try next; for dead ones, when they were given up
    due_at_ms INTEGER NOT NULL,
    UNIQUE (order_id, approval)
) STRICT;

CREATE INDEX outbox_due ON outbox (state, due_at_ms);

-- What came from the marketing system and could not be used, until a person puts it away.
CREATE TABLE letter (
    -- its number
    no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- a word of the marketing side's
    kind TEXT NOT NULL,
    -- the order it is about; NULL when not known
    order_id TEXT,
    -- why it could not be used
    why TEXT NOT NULL,
    -- how often it was tried
    tries INTEGER NOT NULL,
    -- when
    at_ms INTEGER NOT NULL
) STRICT;

-- What concerns which crew, by change number.
CREATE TABLE feed (
    -- whom
    crew TEXT NOT NULL,
    -- the change
    change INTEGER NOT NULL,
    -- the order whose log has a line of that change; NULL for an asset's change
    order_id TEXT,
    -- the asset that changed; NULL for an order's line
    asset_no TEXT,
    PRIMARY KEY (crew, change)
) STRICT, WITHOUT ROWID;

-- The rules for asset numbers: one row.
CREATE TABLE asset_rules (
    -- always 1
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    -- the change that brought them
    change INTEGER NOT NULL,
    -- list of domain::AssetRule (JSON), the preferred one first
    rules TEXT NOT NULL
) STRICT;

-- The change counter: one row.
CREATE TABLE change_counter (
    -- always 1
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    -- the newest change number given out
    newest INTEGER NOT NULL
) STRICT;

-- Words remembered under a name: the signing key's public half, how far a file was read.
CREATE TABLE mark (
    -- the name
    name TEXT NOT NULL PRIMARY KEY,
    -- the word
    word TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Leave to write one card once (写卡授权), as given, and what became of it.
CREATE TABLE card_leave (
    -- in the order they were given
    no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- its id
    authorisation TEXT NOT NULL UNIQUE,
    -- the money it is about (JSON): leave with the same claim is one chain, and brings one credit
    claim TEXT NOT NULL,
    -- the leave of the same chain whose place it took; NULL for the first
    after TEXT REFERENCES card_leave (authorisation),
    -- for which order
    order_id TEXT NOT NULL REFERENCES work_order (order_id),
    -- whose card
    account_no TEXT NOT NULL,
    -- the purchase count the card may bear
    count INTEGER NOT NULL,
    -- the series of the device it is leased to
    device TEXT NOT NULL REFERENCES device (device),
    -- leased | burned | in_doubt | written | not_written | superseded | reissued
    state TEXT NOT NULL,
    -- when it was given
    issued_at_ms INTEGER NOT NULL,
    -- domain::SignedAuthorisation (JSON), as it was given
    signed TEXT NOT NULL,
    -- what was begun under it and by which event (JSON); NULL while nobody says so
    begun TEXT,
    -- what became of the write and by which event (JSON); NULL while nobody says so
    ended TEXT,
    -- which supervisor took it back, when and why (JSON); NULL when nobody did
    reissued TEXT,
    -- how often the office's security module was asked under it
    asks INTEGER NOT NULL,
    -- when that was last; NULL when it never was
    asked_at_ms INTEGER
) STRICT;

CREATE UNIQUE INDEX card_leave_live ON card_leave (account_no, count)
    WHERE state IN ('leased', 'burned', 'in_doubt');

CREATE INDEX card_leave_account ON card_leave (account_no, state);

CREATE INDEX card_leave_claim ON card_leave (claim, no);

CREATE INDEX card_leave_order ON card_leave (order_id);

CREATE INDEX card_leave_state ON card_leave (state, no);

-- Money that went onto cards, each by a read-back. Never changed, never deleted; its keys are what
-- makes a second credit impossible. Amounts are fen.
CREATE TABLE card_credit (
    -- whose
    account_no TEXT NOT NULL,
    -- the meter the card is for
    meter_no TEXT NOT NULL,
    -- the purchase count on the card
    count INTEGER NOT NULL,
    -- the money it was (JSON), once
    claim TEXT NOT NULL UNIQUE,
    -- the leave it was written under
    authorisation TEXT NOT NULL UNIQUE REFERENCES card_leave (authorisation),
    -- the meter that was taken down and whose money it carries on; NULL when none was
    old_meter_no TEXT,
    -- the card
    serial TEXT NOT NULL,
    -- the hash of what was read back
    image BLOB NOT NULL,
    -- the sum, line by line: domain::CreditPart (JSON)
    parts TEXT NOT NULL,
    -- left in the old meter
    carried_fen INTEGER NOT NULL CHECK (carried_fen >= 0),
    -- bought and in no meter
    bought_fen INTEGER NOT NULL CHECK (bought_fen >= 0),
    -- overdrawn on the old meter
    debt_fen INTEGER NOT NULL CHECK (debt_fen >= 0),
    -- what the card carries
    total_fen INTEGER NOT NULL CHECK (total_fen >= 0),
    -- what the customer still owes
    debt_left_fen INTEGER NOT NULL CHECK (debt_left_fen >= 0),
    -- the series of the event that reported the read-back, or what it was made of
    device TEXT NOT NULL,
    -- its number there
    seq INTEGER NOT NULL,
    -- when the ledger took it
    credited_at_ms INTEGER NOT NULL,
    PRIMARY KEY (account_no, meter_no, count),
    CHECK (carried_fen + bought_fen - debt_fen = total_fen - debt_left_fen)
) STRICT, WITHOUT ROWID;

CREATE INDEX card_credit_old_meter ON card_credit (account_no, old_meter_no);

-- Blank cards that crews carry.
CREATE TABLE card_blank (
    -- the card
    serial TEXT NOT NULL PRIMARY KEY,
    -- who has it
    crew TEXT NOT NULL REFERENCES crew (crew),
    -- since when
    registered_at_ms INTEGER NOT NULL,
    -- the leave it was used for; NULL while it is blank
    used_by TEXT REFERENCES card_leave (authorisation)
) STRICT, WITHOUT ROWID;

CREATE INDEX card_blank_crew ON card_blank (crew, used_by);

-- What devices reported on cards and the ledger did not take as it was said: a person must look.
CREATE TABLE card_incident (
    -- its number
    no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- hash of tablet, report and finding: the same report under another number is the same incident
    about BLOB NOT NULL UNIQUE,
    -- the finding (JSON)
    what TEXT NOT NULL,
    -- the order the report names
    order_id TEXT NOT NULL,
    -- the leave the report names; there may be none of that id
    authorisation TEXT NOT NULL,
    -- the series of the report
    device TEXT NOT NULL,
    -- its number there
    seq INTEGER NOT NULL,
    -- when
    raised_at_ms INTEGER NOT NULL,
    -- which supervisor looked, when and what they found (JSON); NULL while nobody did
    settled TEXT
) STRICT;

CREATE INDEX card_incident_open ON card_incident (no) WHERE settled IS NULL;

CREATE INDEX card_incident_order ON card_incident (order_id);
