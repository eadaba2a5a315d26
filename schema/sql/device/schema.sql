-- The device's store as it is after every step in this folder: what each column means.
--
-- Nobody runs this page; a test compares it with a real store. Times are milliseconds since
-- 1970-01-01 UTC, hashes are SHA-256 (32 bytes), ids of other systems are text as they came.
-- JSON columns hold the types of the domain crate under their own names.

-- What the device remembers of itself: language, route, clock offset. One row a name.
CREATE TABLE setting (
    id INTEGER PRIMARY KEY, -- of no meaning
    name TEXT NOT NULL UNIQUE, -- whose value it is
    value TEXT NOT NULL -- JSON
) STRICT;

-- Half-typed values and half-drawn signatures; gone when the step is recorded.
CREATE TABLE draft (
    id INTEGER PRIMARY KEY, -- of no meaning
    order_id TEXT NOT NULL, -- of which order
    step TEXT NOT NULL, -- of which step
    text TEXT NOT NULL, -- as the screen wrote it
    UNIQUE (order_id, step)
) STRICT;

-- Who this device is. At most one row.
CREATE TABLE enrolment (
    id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
    device TEXT NOT NULL, -- UUID of the series its events go on under
    signing_seed BLOB NOT NULL CHECK (length(signing_seed) = 32), -- Ed25519 seed, made here, never sent
    gateway TEXT NOT NULL, -- where the gateway listens (URL)
    gateway_key BLOB NOT NULL CHECK (length(gateway_key) = 32), -- Ed25519 public key that receipts are checked with
    crew TEXT NOT NULL, -- its crew
    crew_name TEXT NOT NULL, -- what the crew is called
    operator TEXT NOT NULL, -- who works with it
    device_name TEXT NOT NULL -- what the crew calls the device
) STRICT;

-- The rules for asset numbers, as delivered.
CREATE TABLE asset_rule (
    id INTEGER PRIMARY KEY, -- order of preference, the preferred one first
    rule TEXT NOT NULL -- JSON: AssetRule
) STRICT;

-- How far device and gateway agree. One row once enrolled.
CREATE TABLE sync_state (
    id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
    acked_seq INTEGER NOT NULL, -- last event a receipt says is held durably; 0 for none
    acked_hash BLOB NOT NULL CHECK (length(acked_hash) = 32), -- its hash; the start of the chain for none
    cursor INTEGER NOT NULL -- changes are pulled from after this number
) STRICT;

-- The device's own series: every act, as sealed. Those after acked_seq wait to be sent.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY CHECK (seq > 0), -- number in the series, from 1 without gaps
    prev BLOB NOT NULL CHECK (length(prev) = 32), -- hash of the event before
    hash BLOB NOT NULL CHECK (length(hash) = 32), -- hash over prev and body
    body TEXT NOT NULL, -- JSON: Event; these bytes are sent and proved, never written again
    order_id TEXT, -- the order it is about; NULL for the stock
    change INTEGER, -- the number under which the gateway gave it back; NULL while it is pending
    verdict TEXT -- JSON: Verdict of the receipt; NULL before it
) STRICT;

CREATE INDEX event_of_order ON event (order_id, seq) WHERE order_id IS NOT NULL;

-- Events of earlier series of this device (it came back from a backup, or enrolled anew).
CREATE TABLE event_past (
    id INTEGER PRIMARY KEY, -- rises with time
    seq INTEGER NOT NULL, -- number in its series
    prev BLOB NOT NULL CHECK (length(prev) = 32), -- as in event
    hash BLOB NOT NULL CHECK (length(hash) = 32), -- as in event
    body TEXT NOT NULL, -- as in event; names its series
    order_id TEXT, -- as in event; NULL for the stock
    change INTEGER, -- as in event; NULL while it is pending
    verdict TEXT, -- as in event; NULL when no receipt spoke of it
    resealed_as INTEGER -- its number in the series that followed; NULL when the gateway holds it as it is
) STRICT;

CREATE INDEX event_past_of_order ON event_past (order_id, id) WHERE order_id IS NOT NULL;

-- The receipts, in the order they came.
CREATE TABLE receipt (
    id INTEGER PRIMARY KEY, -- rises with time
    push TEXT NOT NULL, -- UUID of the push it answers
    through_seq INTEGER NOT NULL, -- last event held durably
    chain_head BLOB NOT NULL CHECK (length(chain_head) = 32) -- its hash
) STRICT;

-- Orders' logs as the gateway has them. A log goes on with the device's pending events.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, -- of no meaning
    order_id TEXT NOT NULL, -- whose log
    change INTEGER NOT NULL, -- the gateway's number; orders the log
    body TEXT NOT NULL, -- JSON: EntryBody
    UNIQUE (order_id, change)
) STRICT;

-- An order as lists show it: worked out from its picture, never read back into it.
CREATE TABLE order_row (
    id INTEGER PRIMARY KEY, -- ours
    order_id TEXT NOT NULL UNIQUE, -- the marketing system's
    kind TEXT NOT NULL, -- OrderKind::name
    reason TEXT, -- fault or rotation; NULL when it is no replacement
    state TEXT NOT NULL, -- OrderState::name
    customer TEXT NOT NULL, -- name
    account_no TEXT NOT NULL, -- with its leading zeros
    address TEXT NOT NULL, -- where the meter stands
    appointment_from_ms INTEGER, -- NULL when none was made
    appointment_to_ms INTEGER, -- NULL when none was made
    lat_e7 INTEGER, -- 10⁻⁷ degrees; NULL when the place is not known
    lon_e7 INTEGER, -- 10⁻⁷ degrees; NULL when the place is not known
    accuracy_m INTEGER, -- metres; NULL when the place is not known
    remark TEXT, -- the supervisor's first remark; NULL unless the order is returned
    steps_done INTEGER NOT NULL, -- required steps that are done
    steps INTEGER NOT NULL, -- required steps
    meters INTEGER NOT NULL, -- meters that belong under the terminal
    attention INTEGER NOT NULL, -- late and refused events no person has decided on
    accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)), -- 1: the marketing system took the result
    seen INTEGER NOT NULL, -- newest change number in its log
    events INTEGER NOT NULL DEFAULT 0, -- recorded here
    events_receipted INTEGER NOT NULL DEFAULT 0, -- of these, held by the gateway
    blobs INTEGER NOT NULL DEFAULT 0, -- referred to by these events
    blobs_receipted INTEGER NOT NULL DEFAULT 0, -- of these, held by the gateway
    blob_bytes_unsent INTEGER NOT NULL DEFAULT 0, -- size of the others
    sought TEXT NOT NULL -- what search looks through, normalised: numbers, name, address
) STRICT;

-- What was dispatched: large, and rarely changed.
CREATE TABLE dispatch (
    id INTEGER PRIMARY KEY REFERENCES order_row (id), -- as order_row
    body TEXT NOT NULL -- JSON: Dispatch
) STRICT;

CREATE INDEX dispatch_with_card ON dispatch (id) WHERE json_type(body, '$.card') = 'object';

-- The rest of the order's picture: changes with each act.
CREATE TABLE picture (
    id INTEGER PRIMARY KEY REFERENCES order_row (id), -- as order_row
    body TEXT NOT NULL -- JSON: Order without its dispatch
) STRICT;

-- Which pieces of text occur in which order_row.sought; row numbers are order_row's.
CREATE VIRTUAL TABLE search USING fts5 (
    grams,
    content = '',
    contentless_delete = 1,
    detail = none,
    tokenize = 'ascii'
);

-- Assets as the gateway had them when they were last pulled, or when a receipt took our acts.
CREATE TABLE stock (
    id INTEGER PRIMARY KEY, -- of no meaning
    asset_no TEXT NOT NULL UNIQUE, -- its number
    item TEXT NOT NULL -- JSON: StockItem
) STRICT;

-- Who has an asset after an act the gateway has not judged yet; the newest row of an asset counts.
CREATE TABLE stock_effect (
    id INTEGER PRIMARY KEY, -- rises with time
    seq INTEGER NOT NULL, -- the event it follows from
    asset_no TEXT NOT NULL, -- which asset
    holder TEXT NOT NULL -- JSON: Holder
) STRICT;

CREATE INDEX stock_effect_of_asset ON stock_effect (asset_no, id);

-- Photos and signatures that the device's events refer to; the bytes are files.
CREATE TABLE blob (
    id INTEGER PRIMARY KEY, -- rises with time
    hash BLOB NOT NULL CHECK (length(hash) = 32), -- its name
    order_id TEXT, -- the order that refers to it; NULL for the stock
    size_bytes INTEGER NOT NULL, -- before encryption
    lane INTEGER NOT NULL CHECK (lane IN (0, 1)), -- 0: signatures and thumbnails, sent first; 1: full photos
    held INTEGER NOT NULL CHECK (held IN (0, 1)) -- 1: a receipt says the gateway holds it
) STRICT;

CREATE UNIQUE INDEX blob_of_order ON blob (order_id, hash);

CREATE INDEX blob_waiting ON blob (lane, id) WHERE held = 0;

-- Writes of prepaid cards as their journal has them. A row stays for ever: it says that its
-- authorisation was used.
CREATE TABLE card_write (
    id INTEGER PRIMARY KEY, -- rises with time
    authorisation TEXT NOT NULL UNIQUE, -- UUID of the leave it used up
    order_id TEXT NOT NULL, -- of which order
    step TEXT NOT NULL, -- of which step
    cards TEXT NOT NULL, -- JSON: serials of the cards it may touch
    body TEXT NOT NULL, -- JSON: CardWrite of the devices crate; nothing in it is secret
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)) -- 1: the cards may still have to be written or read
) STRICT;

CREATE UNIQUE INDEX card_write_open ON card_write (order_id) WHERE is_open = 1;

CREATE INDEX card_write_of_order ON card_write (order_id, id);

-- The cards of writes that are open: a card is in one at a time.
CREATE TABLE card_taken (
    id INTEGER PRIMARY KEY, -- of no meaning
    serial TEXT NOT NULL UNIQUE, -- of the card: 16 hexadecimal digits
    card_write INTEGER NOT NULL REFERENCES card_write (id) -- the write that has it
) STRICT;

CREATE INDEX card_taken_by ON card_taken (card_write);
